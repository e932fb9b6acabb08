#include "log.h"

#include <stdio.h>

#include "limits.h"
#include "stats.h"

static char lines[LOG_LINES][LOG_WIDTH];
static unsigned next;

void log_request(const char *path) {
  snprintf(lines[next++ % LOG_LINES], LOG_WIDTH, "%.80s", path);
  if (LOG_TRAIL > 0) stats_keep(LOG_TRAIL);
}

const char *log_last(void) {
  return lines[(next + LOG_LINES - 1) % LOG_LINES];
}
