#!/usr/bin/env python3
"""Makes a git repository of a small C server: tag v1.0, then forty commits to main. At one of them
a buffer begins to fill, at another, or the same, a leak begins. Needs git; the server needs gcc.

usage: repository.py FOLDER SEED [--leak 1..40] [--filling 1..40] [--bytes B] [--entry B] [--size B]

The seed draws what is not given: the leaking commit and its size (60 to 400 bytes a request), where
the buffer begins (before, at, or after the leak, by turns), what it holds (0.3 to 20 MB) and how
many requests fill it (1,500 to 6,000). Prints the truth as JSON; nothing inside the repository
tells it.
"""

import argparse
import json
import pathlib
import random
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent))

import made_history  # noqa: E402


# glibc's blocks: eight bytes of its own, and a multiple of sixteen.
def block(size):
    return max(32, (size + 8 + 15) // 16 * 16)


APP = pathlib.Path(__file__).parent.parent / "make_history" / "app"
LAST = 40
BUILD = "sh mkwords.sh > words.c && sh build.sh"

BUFFER = """#include "recent.h"

#include <stdlib.h>
#include <string.h>

#define ENTRIES {entries}
#define ENTRY_BYTES {entry}

static char *entries[ENTRIES];
static long next;

void recent_add(long visitor) {{
  char **entry = &entries[next++ % ENTRIES];
  if (*entry == NULL) *entry = malloc(ENTRY_BYTES);
  if (*entry != NULL) memset(*entry, (int)visitor, ENTRY_BYTES);
}}
"""

KEEP = """#include "notes.h"

#include <stdlib.h>
#include <string.h>

static char *last;

void notes_add(long visitor) {{
  char *note = malloc({size});
  if (note == NULL) return;
  memset(note, (int)visitor, {size});
  memcpy(note, &last, sizeof last);
  last = note;
}}
"""


def draw(seed, given):
    luck = random.Random(f"make filling {seed}")
    leak = luck.randrange(6, LAST - 4)
    order = ("before", "at", "after")[seed % 3]
    filling = {"before": luck.randrange(2, leak), "at": leak,
               "after": luck.randrange(leak + 1, LAST)}[order]
    size = luck.randrange(60, 400)
    held = int(0.3e6 * (20 / 0.3) ** luck.random())
    requests = luck.randrange(1500, 6000)
    leak, filling = given.leak or leak, given.filling or filling
    held, size = given.bytes or held, given.size or size
    entry = given.entry or max(16, held // requests)
    order = "before" if filling < leak else "at" if filling == leak else "after"
    return {"seed": seed, "leak": leak, "filling": filling, "order": order, "size": size,
            "leaks": block(size),
            "bytes": held, "entry": entry, "entries": max(1, held // block(entry))}


def trees(drawn):
    """Subject and files of every commit, v1.0 first."""
    files = {str(file.relative_to(APP)): file.read_text()
             for file in sorted(APP.rglob("*")) if file.is_file()}
    title = files["assets/home.txt"].strip()
    files["assets/home.h"] = f'static const char *const home_title = "{title}";\n'
    files["build.sh"] = "exec ${CC:-gcc} -O1 -o server *.c\n"
    yield "Open the corner shop", dict(files)

    def add_module(name, call, body):
        files[f"{name}.h"] = f"void {call}(long visitor);\n"
        files[f"{name}.c"] = body
        files["route.c"] = files["route.c"].replace(
            '#include "stats.h"\n', f'#include "stats.h"\n#include "{name}.h"\n').replace(
            "  stats_visit();\n", f"  stats_visit();\n  {call}(visitor);\n")

    for number in range(1, LAST + 1):
        subject = f"Say what is for sale on day {number}"
        files["notice.c"] = f'const char *const notice = "day {number}";\n'
        if number == drawn["filling"]:
            add_module("recent", "recent_add",
                       BUFFER.format(entries=drawn["entries"], entry=drawn["entry"]))
            subject = "Keep the recent visitors"
        if number == drawn["leak"]:
            add_module("notes", "notes_add", KEEP.format(size=drawn["size"]))
            subject = "Take notes" if number != drawn["filling"] else "Keep visitors and notes"
        yield subject, dict(files)


def make(folder, seed, given):
    """Makes the repository and returns the truth."""
    drawn = draw(seed, given)
    commits = made_history.write(folder, trees(drawn))
    return drawn | {"leak_commit": commits[drawn["leak"]],
                    "filling_commit": commits[drawn["filling"]], "commits": commits}


def options(parser):
    for name in ("leak", "filling"):
        parser.add_argument(f"--{name}", type=int, choices=range(1, LAST + 1),
                            metavar=f"1..{LAST}")
    parser.add_argument("--bytes", type=int, help="that the buffer holds")
    parser.add_argument("--entry", type=int, help="bytes that it takes a request")
    parser.add_argument("--size", type=int, help="bytes that leak a request")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("seed", type=int)
    options(parser)
    given = parser.parse_args()
    print(json.dumps(make(given.folder, given.seed, given), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
