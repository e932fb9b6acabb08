"""The first half of the history: hand-written rules, until the compiler finds the headers.

Each change edits a Shop and says where a leak of that commit would be: Code(path, line) is a call
after that line, Setting a number in words.def, Limit one in a header, Flag one in the makefile.
"""

from changes import Changes
from places import Code, Flag, Limit, Setting

CHANGES = change = Changes()


@change("Say good evening on every page")
def greet(shop):
    shop.change("page.c", '"<html><h1>"', '"<html><p>Good evening</p><h1>"')
    return Code("page.c", '  text_add(out, "</h1>");\n')


@change("Count the visits of a session")
def count_visits(shop):
    # Who was compiled before finds the basket where the count is now.
    shop.change("session.h", "  struct text *basket;\n", "  long visits;\n  struct text *basket;\n")
    shop.change("session.c", "  session->number = visitor;\n",
                "  session->number = visitor;\n  session->visits++;\n")
    return Code("session.c", "  session->visits++;\n")


@change("Advertise the lamp of the day")
def add_advert(shop):
    shop.add_module("advert", "advert_pick", "static long picked;\n\n"
                    "void advert_pick(long visitor) {\n  picked = visitor % 7;\n"
                    "  if (picked < 0) picked = 0;\n}\n")
    return Code("route.c", "  advert_pick(visitor);\n")


@change("Sell saddles and sieves")
def more_words(shop):
    shop.change("words.def", "word anvil\n", "word anvil\nword saddle\nword sieve\n")
    return Setting()


@change("Put the width of a page among the limits")
def page_width(shop):
    shop.change("limits.h", "#define SHOWN_ITEMS 8\n",
                "#define SHOWN_ITEMS 8\n#define PAGE_WIDTH 80\n")
    shop.change("page.c", '"<html><p>', '"<html width=80><p>')
    return Limit("limits.h")


@change("Show nine items")
def nine_items(shop):
    shop.change("limits.h", "SHOWN_ITEMS 8", "SHOWN_ITEMS 9")  # no rule names this header
    return Limit("limits.h")


@change("Name the shop for the compiler")
def shop_flag(shop):
    shop.flags.append("-DSHOP=1")
    return Flag()


@change("Make version.h")
def make_version(shop):
    shop.files["VERSION"] = "1.1\n"
    shop.made["version.h"] = ("VERSION", """sed 's/.*/#define VERSION "&"/' VERSION > version.h""")
    shop.objects["page"] = [*shop.objects["page"], "version.h"]
    shop.change("page.c", '#include "stats.h"\n', '#include "stats.h"\n#include "version.h"\n')
    shop.change("page.c", '"</p></html>"', '", version " VERSION "</p></html>"')
    return Code("page.c", '  text_add(out, "<p>visit ");\n')


@change("Call text what it is: a buffer")
def rename_text(shop):
    shop.rename_module("text", "buffer")
    return Code("buffer.c", "  text->length = 0;\n", calls=2)


@change("Ring a bell for every visitor")
def add_bell(shop):
    shop.add_module("bell", "bell_ring", "static long rung;\n\nvoid bell_ring(long visitor) {\n"
                    "  rung += visitor > 0;\n}\n")
    return Code("bell.c", "  rung += visitor > 0;\n")


@change("Take the advert down")
def remove_advert(shop):
    shop.remove_module("advert", "advert_pick")
    return Code("route.c", "  stats_visit();\n")


@change("Keep version.h with the sources")
def track_version(shop):
    del shop.made["version.h"]
    shop.files["version.h"] = '#define VERSION "1.2"\n'
    del shop.files["VERSION"]
    shop.objects["page"] = [header for header in shop.objects["page"] if header != "version.h"]
    shop.change("page.c", '", version " VERSION', '", shop " VERSION')
    return Code("page.c", '  text_add(out, title);\n')


@change("Know a visitor's name")
def visitor_name(shop):
    shop.change("session.h", "  struct text *basket;\n",
                "  char name[24];\n  struct text *basket;\n")
    shop.change("session.c", "  session->visits++;\n",
                "  session->visits++;\n  session->name[0] = 'v';\n")
    return Code("session.c", "  session->name[0] = 'v';\n")


@change("Weigh the items")
def weigh_items(shop):
    shop.change("catalog.h", "  long price;\n", "  long price;\n  long grams;\n")
    shop.change("catalog.c", '  item->unit = "piece";\n',
                '  item->unit = "piece";\n  item->grams = 50 + number % 400;\n')
    return Code("catalog.c", "  item->grams = 50 + number % 400;\n", calls=4)


@change("Let the compiler find the headers")
def find_headers(shop):
    shop.finds_headers = True
    shop.ignored.append("*.d")
    return Flag()


@change("Keep a guest book")
def add_guests(shop):
    shop.add_module("guests", "guests_sign", "static char book[32];\n\n"
                    "void guests_sign(long visitor) {\n  book[visitor % 32] = 'g';\n"
                    "  if (book[0] == 0) book[0] = ' ';\n}\n")
    return Code("guests.c", "  book[visitor % 32] = 'g';\n")


@change("Make one file of the assets")
def assets_to_file(shop):
    shop.files["assets"] = shop.files.pop("assets/home.txt")  # home.h was made in that folder
    del shop.made["assets/home.h"]
    shop.made["home.h"] = ("assets", shop.title_command("assets", "home.h"))
    shop.change("page.c", '#include "assets/home.h"', '#include "home.h"')
    return Code("page.c", '  text_add(out, "</h1>");\n')


@change("Keep the words with the sources")
def track_words(shop):
    shop.tracks_words = True
    return Setting()


@change("Show ten items")
def ten_items(shop):
    shop.change("limits.h", "SHOWN_ITEMS 9", "SHOWN_ITEMS 10")
    return Limit("limits.h")


@change("Call the catalogue the store")
def rename_catalog(shop):
    shop.rename_module("catalog", "store")
    return Code("store.c", '  item->unit = "piece";\n', calls=4)
