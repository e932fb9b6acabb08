#include "session.h"

#include <stdlib.h>

#define SESSIONS 64

static struct session *sessions;

struct session *session_of(long visitor) {
  if (sessions == NULL) {
    sessions = calloc(SESSIONS, sizeof *sessions);
    if (sessions == NULL) abort();
    for (long i = 0; i < SESSIONS; i++) {
      sessions[i].basket = calloc(1, sizeof *sessions[i].basket);
      if (sessions[i].basket == NULL) abort();
    }
  }
  struct session *session = &sessions[visitor % SESSIONS];
  session->number = visitor;
  return session;
}
