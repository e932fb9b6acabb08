#!/usr/bin/env python3
"""Makes a git repository of a small C server: tag v1.0, then forty commits to main, the kind of
history that spoils incremental builds. One commit leaks 2 to 4 KiB a request, two or three do not
compile; the seed says which. Needs git; the server needs gcc and make.

usage: repository.py FOLDER SEED [--culprit 1..40] [--beside-broken]
--beside-broken: the commit before the culprit is one of those that do not compile.

Prints the truth as JSON; nothing inside the repository tells it.
"""

import argparse
import json
import pathlib
import random
import sys

sys.path.append(str(pathlib.Path(__file__).parent.parent))

import early_changes  # noqa: E402
import late_changes  # noqa: E402
import made_history  # noqa: E402
from places import Code  # noqa: E402
from shop import Shop  # noqa: E402

CHANGES = early_changes.CHANGES + late_changes.CHANGES
LAST = len(CHANGES)
BROKEN_LINE = "int unfinished(\n"


def places_of_changes():
    """Where each commit would leak, from the first on."""
    shop = Shop()
    return [function(shop) for _, function in CHANGES]


def draw(seed, culprit=None, beside_broken=False):
    """Which commit leaks, how much, and which do not compile."""
    luck = random.Random(f"make history {seed}")
    places = places_of_changes()
    # A commit is broken in the file that it is about; the ends are sound.
    breakable = [n for n in range(2, LAST) if isinstance(places[n - 1], Code)]
    if culprit is None:
        culprit = luck.choice([n + 1 for n in breakable] if beside_broken
                              else range(1, LAST + 1))
    if beside_broken and culprit - 1 not in breakable:
        raise ValueError(f"the commit before {culprit} cannot be broken")
    free = [n for n in breakable if n not in (culprit - 1, culprit)]
    broken = luck.sample(free, luck.choice([2, 3]) - beside_broken)
    if beside_broken:
        broken.append(culprit - 1)
    return {"seed": seed, "culprit": culprit, "size": luck.randrange(2048, 4096),
            "broken": sorted(broken), "kind": places[culprit - 1].kind}


def trees(drawn):
    """Subject and files of every commit, v1.0 first."""
    shop = Shop()
    yield "Open the corner shop", shop.tree()
    for number, (subject, function) in enumerate(CHANGES, 1):
        place = function(shop)
        if number == drawn["culprit"]:
            place.leak(shop, drawn["size"])
        tree = shop.tree()
        if number in drawn["broken"]:
            tree[place.path] += BROKEN_LINE
        yield subject, tree


def make(folder, seed, culprit=None, beside_broken=False):
    """Makes the repository and returns the truth."""
    drawn = draw(seed, culprit, beside_broken)
    commits = made_history.write(folder, trees(drawn))
    return drawn | {"commit": commits[drawn["culprit"]], "parent": commits[drawn["culprit"] - 1],
                    "subject": CHANGES[drawn["culprit"] - 1][0],
                    "broken_commits": [commits[n] for n in drawn["broken"]], "commits": commits}


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder")
    parser.add_argument("seed", type=int)
    parser.add_argument("--culprit", type=int, choices=range(1, LAST + 1), metavar=f"1..{LAST}")
    parser.add_argument("--beside-broken", action="store_true")
    given = parser.parse_args()
    print(json.dumps(make(given.folder, given.seed, given.culprit, given.beside_broken), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
