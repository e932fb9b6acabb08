"""The second half of the history: the compiler finds the headers, and files move on."""

from changes import Changes
from places import Code, Flag, Limit, Setting

CHANGES = change = Changes()


def remove_but_its_leak(shop, module, function):
    """Takes a module away; what it kept is kept where it was called."""
    kept = [line for line in shop.files[f"{module}.c"].splitlines(True) if "stats_keep" in line]
    shop.remove_module(module, function)
    shop.change("route.c", "  stats_visit();\n", "  stats_visit();\n" + "".join(kept))


@change("Say where an item stands")
def item_shelf(shop):
    shop.change("store.h", "  const char *unit;\n", "  long shelf;\n  const char *unit;\n")
    shop.change("store.c", '  item->unit = "piece";\n',
                '  item->unit = "piece";\n  item->shelf = number % 12;\n')
    return Code("store.c", "  item->shelf = number % 12;\n", calls=4)


@change("Silence the bell")
def remove_bell(shop):
    remove_but_its_leak(shop, "bell", "bell_ring")
    return Code("route.c", "  stats_visit();\n")


@change("Tag the visitors")
def add_tags(shop):
    shop.add_module("tags", "tags_put", "static long tags[16];\n\nvoid tags_put(long visitor) {\n"
                    "  tags[visitor % 16]++;\n}\n")
    return Code("tags.c", "  tags[visitor % 16]++;\n")


@change("Make the words again")
def untrack_words(shop):
    shop.tracks_words = False
    shop.change("words.def", "word sieve\n", "word sieve\nword spindle\n")
    return Setting()


@change("Build with frame pointers")
def frame_pointers(shop):
    shop.flags.append("-fno-omit-frame-pointer")
    return Flag()


@change("Call the guest book the visitors' book")
def rename_guests(shop):
    shop.rename_module("guests", "visitors")
    return Code("visitors.c", "  book[visitor % 32] = 'g';\n")


@change("Set the items in a list")
def item_list(shop):
    shop.change("page.c", '"<li>"', '"<li class=item>"')
    return Code("page.c", '  text_add(out, ", basket ");\n')


@change("Take the tags off")
def remove_tags(shop):
    remove_but_its_leak(shop, "tags", "tags_put")
    return Code("route.c", "  log_request(request->path);\n")


@change("Remember a visitor's language")
def visitor_language(shop):
    shop.change("session.h", "  struct text *basket;\n",
                "  char language[8];\n  struct text *basket;\n")
    shop.change("session.c", "  session->visits++;\n",
                "  session->visits++;\n  session->language[0] = 'e';\n")
    return Code("session.c", "  session->language[0] = 'e';\n")


@change("Read numbers of up to nine digits")
def longer_numbers(shop):
    shop.change("parse.c", "strtol(digits, NULL, 10)) : 0;",
                "strtol(digits, NULL, 10)) % 1000000000 : 0;")
    return Code("parse.c", "  memset(request, 0, sizeof *request);\n")


@change("Move the network into a folder")
def move_network(shop):
    shop.rename_module("listen", "net/listen")
    shop.rename_module("parse", "net/parse")
    shop.flags.append("-I.")
    return Code("net/parse.c", "  memset(request, 0, sizeof *request);\n")


@change("Make a folder of the assets again")
def assets_to_folder(shop):
    shop.files["assets/title.txt"] = shop.files.pop("assets")
    shop.files["assets/README"] = "title.txt is the title of the home page.\n"
    shop.made["home.h"] = ("assets/title.txt", shop.title_command("assets/title.txt", "home.h"))
    return Flag()


@change("Make version.h again")
def make_version_again(shop):
    del shop.files["version.h"]
    shop.files["VERSION"] = "1.3\n"
    shop.made["version.h"] = ("VERSION", """sed 's/.*/#define VERSION "&"/' VERSION > version.h""")
    shop.change("page.c", '", shop " VERSION', '", version " VERSION')
    return Code("page.c", '  text_add(out, "<p>visit ");\n')


@change("Call the limits the settings")
def rename_limits(shop):
    shop.rename("limits.h", "settings.h")  # the .d files of older trees name limits.h
    return Limit("settings.h")


@change("Ration the lamps")
def add_ration(shop):
    shop.add_module("ration", "ration_check", "static long rations[8];\n\n"
                    "void ration_check(long visitor) {\n  rations[visitor % 8]++;\n"
                    "  if (rations[0] > 1000) rations[0] = 0;\n}\n")
    return Code("ration.c", "  rations[visitor % 8]++;\n")


@change("Sell thimbles")
def thimbles(shop):
    shop.change("words.def", "word spindle\n", "word spindle\nword thimble\n")
    return Setting()


@change("Know how old a cached page is")
def cached_age(shop):
    shop.change("cache.h", "  struct text page;\n", "  long age;\n  struct text page;\n")
    shop.change("cache.c", "  if (place->number != number) {\n",
                "  place->age++;\n  if (place->number != number) {\n    place->age = 0;\n")
    return Code("cache.c", "  place->age++;\n", calls=0.5)


@change("Log a hundred and twenty lines")
def more_lines(shop):
    shop.change("settings.h", "LOG_LINES 64", "LOG_LINES 120")
    return Limit("settings.h")


@change("Warn of more")
def more_warnings(shop):
    shop.flags.append("-Wextra")
    return Flag()


@change("Close with a rule")
def closing_rule(shop):
    shop.change("page.c", '"</p></html>"', '"</p><hr></html>"')
    return Code("page.c", '  text_add(out, "<p>visit ");\n')
