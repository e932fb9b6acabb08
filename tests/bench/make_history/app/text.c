#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void text_add(struct text *text, const char *more) {
  size_t length = strlen(more);
  if (text->length + length + 1 > text->room) {
    text->room = 2 * (text->length + length + 1);
    text->data = realloc(text->data, text->room);
    if (text->data == NULL) abort();
  }
  memcpy(text->data + text->length, more, length + 1);
  text->length += length;
}

void text_add_number(struct text *text, long number) {
  char digits[32];
  snprintf(digits, sizeof digits, "%ld", number);
  text_add(text, digits);
}

void text_clear(struct text *text) {
  text->length = 0;
}

void text_free(struct text *text) {
  free(text->data);
  text->data = NULL;
  text->length = text->room = 0;
}
