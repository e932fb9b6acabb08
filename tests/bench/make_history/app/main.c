#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#include "listen.h"

int main(void) {
  const char *port = getenv("PORT");
  signal(SIGPIPE, SIG_IGN);
  if (port == NULL) {
    fprintf(stderr, "main: PORT is not set\n");
    return 2;
  }
  return listen_at(atoi(port));
}
