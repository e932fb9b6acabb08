#ifndef CACHE_H
#define CACHE_H

#include "text.h"

struct cached {
  long number;
  struct text page;
};

/* The place of a page in the cache; its number says whose page it holds. */
struct cached *cache_place(long number);

#endif
