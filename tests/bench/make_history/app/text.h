#ifndef TEXT_H
#define TEXT_H

#include <stddef.h>

/* Text that grows. */
struct text {
  char *data;
  size_t length, room;
};

void text_add(struct text *text, const char *more);
void text_add_number(struct text *text, long number);
void text_clear(struct text *text);
void text_free(struct text *text);

#endif
