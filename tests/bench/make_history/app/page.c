#include "page.h"

#include "assets/home.h"
#include "cache.h"
#include "catalog.h"
#include "limits.h"
#include "session.h"
#include "stats.h"

static void page_top(struct text *out, const char *title) {
  text_add(out, "<html><h1>");
  text_add(out, title);
  text_add(out, "</h1>");
}

static void page_end(struct text *out, struct session *session) {
  text_add(out, "<p>visit ");
  text_add_number(out, stats_visits());
  text_add(out, ", basket ");
  text_add_number(out, (long)session->basket->length);
  text_add(out, "</p></html>");
}

void page_home(struct text *out, long visitor) {
  struct session *session = session_of(visitor);
  page_top(out, home_title);
  for (long i = 0; i < SHOWN_ITEMS; i++) {
    struct item *item = catalog_find(visitor + i);
    text_add(out, "<li>");
    text_add(out, item->name);
    text_add(out, "</li>");
  }
  page_end(out, session);
}

void page_item(struct text *out, long visitor, long number) {
  struct session *session = session_of(visitor);
  struct item *item = catalog_find(number);
  struct cached *cached = cache_place(number);
  if (cached->page.length == 0) {
    text_add(&cached->page, item->name);
    text_add(&cached->page, " for ");
    text_add_number(&cached->page, item->price);
    text_add(&cached->page, " a ");
    text_add(&cached->page, item->unit);
  }
  text_clear(session->basket);
  text_add(session->basket, item->name);
  page_top(out, "Item");
  text_add(out, cached->page.data);
  page_end(out, session);
}
