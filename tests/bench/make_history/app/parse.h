#ifndef PARSE_H
#define PARSE_H

struct request {
  char path[256];
  long number; /* the digits in the path */
};

/* Reads a request that is there as a whole; 0 when it is none. */
int parse_request(const char *bytes, struct request *request);

#endif
