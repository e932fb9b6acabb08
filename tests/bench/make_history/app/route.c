#include "route.h"

#include <string.h>

#include "log.h"
#include "page.h"
#include "stats.h"

void route(const struct request *request, struct text *out) {
  static long visitor;
  visitor++;
  stats_visit();
  log_request(request->path);
  if (strncmp(request->path, "/item/", 6) == 0)
    page_item(out, visitor, request->number);
  else
    page_home(out, visitor);
}
