#ifndef WORDS_H
#define WORDS_H

/* Made from words.def. */
extern const char *const words[];
extern const int word_count;
extern const int notes_bytes;

#endif
