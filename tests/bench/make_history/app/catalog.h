#ifndef CATALOG_H
#define CATALOG_H

struct item {
  long number;
  long price;
  char name[32];
  const char *unit;
};

/* The item of that number; there is one for every number. */
struct item *catalog_find(long number);

#endif
