#ifndef PAGE_H
#define PAGE_H

#include "text.h"

void page_home(struct text *out, long visitor);
void page_item(struct text *out, long visitor, long number);

#endif
