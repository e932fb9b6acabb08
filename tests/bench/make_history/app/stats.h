#ifndef STATS_H
#define STATS_H

#include <stddef.h>

/* Counts visits, and keeps notes of them for as long as the shop is open. */
void stats_visit(void);
long stats_visits(void);
void stats_keep(size_t bytes);

#endif
