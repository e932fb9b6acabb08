#include "cache.h"

#define PLACES 64

static struct cached places[PLACES];

struct cached *cache_place(long number) {
  struct cached *place = &places[number % PLACES];
  if (place->number != number) {
    text_clear(&place->page);
    place->number = number;
  }
  return place;
}
