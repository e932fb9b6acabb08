#ifndef SESSION_H
#define SESSION_H

#include "text.h"

struct session {
  long number;
  struct text *basket;
};

/* One of the sessions that are open, all of them made at the first call. */
struct session *session_of(long visitor);

#endif
