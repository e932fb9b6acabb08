#!/usr/bin/env python3
"""Commit hunts by the real binary in histories in which a buffer begins to fill as well as a leak
(make_filling/repository.py): is the leak's commit named, is the buffer's told as what fills up, and
how large is the leak said to be?

usage: bench_fillings.py BINARY [--count 40] [--seed 1] [--budget 20m] [--keep FOLDER]
"""

import argparse
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "make_filling"))
import made_history  # noqa: E402
import repository  # noqa: E402

ROW = "{:>5} {:<7} {:>4} {:>4} {:>9} {:>5} {:<10} {:<8} {:>6} {:>6} {:>5}"
HEAD = ROW.format("seed", "filling", "at", "leak", "bytes", "B/req", "named", "filling", "told",
                  "trials", "s")


def hunt_file(given):
    return {"subject": {"directory": "repository", "build": repository.BUILD,
                        "start": ["./server"], "env": {"PORT": "{port}"},
                        "ready": {"http": "/"}},
            "load": {"http": {"rate": given.rate, "requests": [{"path": "/"}]}},
            "memory": {"warmup": "1s"},
            "units": {"git": {"good": "v1.0", "bad": "main"}},
            "search": {"drill": False},
            "limits": {"budget": given.budget, "memory": "1GiB", "share_builds": False}}


def judge(report, truth):
    units = [row["unit"] for row in report["culprits"]]
    named = "undecided"
    if report["result"] == "culprit" and units:
        named = "right" if units == [truth["leak_commit"]] else "wrong"
    told = [row["unit"] for row in report.get("fillings", [])]
    filling = ("none" if not told else "right" if told == [truth["filling_commit"]]
               else "unnamed" if None in told else "wrong")
    slope = report["culprits"][0]["slope_bytes_per_request"] if units else 0
    return {"named": named, "filling": filling, "slope": slope, "trials": len(report["trials"]),
            "seconds": report["totals"]["wall_seconds"]}


def hunt(given, seed, folder):
    truth = repository.make(folder / "repository", seed, given)
    report = made_history.hunt(given.binary, folder, hunt_file(given), truth)
    return truth, judge(report, truth)


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--count", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1, help="of the first; the next have the next")
    parser.add_argument("--rate", type=float, default=200, help="requests a second")
    parser.add_argument("--budget", default="20m")
    parser.add_argument("--keep", type=pathlib.Path, help="keep the hunts in this folder")
    repository.options(parser)
    given = parser.parse_args()
    print(HEAD, flush=True)
    rows = []
    for seed in range(given.seed, given.seed + given.count):
        with tempfile.TemporaryDirectory(prefix="leakbisect-filling-") as temporary:
            folder = given.keep / str(seed) if given.keep else pathlib.Path(temporary) / "hunt"
            truth, row = hunt(given, seed, folder)
        print(ROW.format(seed, truth["order"], truth["filling"], truth["leak"], truth["bytes"],
                         truth["leaks"], row["named"], row["filling"], round(row["slope"]),
                         row["trials"], round(row["seconds"])), flush=True)
        rows.append(row)
    count = len(rows)
    print(f"{count} hunts: {sum(row['named'] == 'right' for row in rows)} right, "
          f"{sum(row['named'] == 'wrong' for row in rows)} wrong; the filling named in "
          f"{sum(row['filling'] == 'right' for row in rows)}; "
          f"{round(sum(row['seconds'] for row in rows) / count)} s each")
    return 0


if __name__ == "__main__":
    sys.exit(main())
