#ifndef ROUTE_H
#define ROUTE_H

#include "parse.h"
#include "text.h"

/* Writes the page that was asked for. */
void route(const struct request *request, struct text *out);

#endif
