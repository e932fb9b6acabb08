#include "parse.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int parse_request(const char *bytes, struct request *request) {
  memset(request, 0, sizeof *request);
  if (sscanf(bytes, "%*7s %255s", request->path) != 1) return 0;
  const char *digits = strpbrk(request->path, "0123456789");
  request->number = digits != NULL ? labs(strtol(digits, NULL, 10)) : 0;
  return 1;
}
