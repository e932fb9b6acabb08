#ifndef LOG_H
#define LOG_H

/* Remembers the last requests. */
void log_request(const char *path);
const char *log_last(void);

#endif
