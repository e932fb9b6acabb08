#!/usr/bin/env python3
"""How far off is the time that a hunt says it still takes?

    bench_eta.py BINARY HUNT.json [HUNT.json ...] [--runs 1]

Runs each hunt and notes what is said after each trial ("eta 34.0 s") beside what came. Prints a line a
hunt and one for all: the median of max(said / came, came / said), and the worst one.
"""
import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time

UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600}


def seconds(text):
    return sum(float(n) * UNITS[u] for n, u in re.findall(r"([\d.]+) ?(ms|s|m|h)\b", text))


def said_in(hunt, binary):
    """(seconds since the start, seconds said) a finished trial, and how long all took."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.monotonic()
        run = subprocess.Popen([binary, "run", hunt, "--out", folder + "/out"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        said = []
        for line in run.stderr:
            found = re.search(r"  eta ((?:[\d.]+ ?(?:ms|s|m|h) ?)+)", line)
            if found:
                said.append((time.monotonic() - began, seconds(found.group(1))))
        code = run.wait()
    return said, time.monotonic() - began, code


def off(said, came):
    return max(said / came, came / said)


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("hunts", nargs="+")
    options.add_argument("--runs", type=int, default=1)
    given = options.parse_args()
    everything = []
    for hunt in given.hunts:
        ratios = []
        for _ in range(given.runs):
            said, took, code = said_in(hunt, given.binary)
            # After the last trial there is nothing left to foretell.
            pairs = [(s, took - at) for at, s in said if took - at > 1 and s > 0]
            ratios += [off(*pair) for pair in pairs]
            shown = ", ".join(f"{s:.0f}/{came:.0f}" for s, came in pairs)
            print(f"  {hunt}: {took:.0f} s, exit {code}; said/came {shown}", flush=True)
        everything += ratios
        if ratios:
            print(f"{hunt}: {len(ratios)} said, median {statistics.median(ratios):.2f} times off, "
                  f"worst {max(ratios):.2f}", flush=True)
    if everything:
        print(f"all: {len(everything)} said, median {statistics.median(everything):.2f} times off, "
              f"worst {max(everything):.2f}")


if __name__ == "__main__":
    sys.exit(main())
