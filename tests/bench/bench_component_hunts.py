#!/usr/bin/env python3
"""Component hunts by the real binary, with an oracle that errs: how often is the answer right and
proven, in how many trials?

usage: bench_component_hunts.py LEAKBISECT KIND UNITS CULPRITS ERROR HUNTS SEED [ESSENTIAL]
KIND: slopes (each culprit's slope is between 1 and 2, and the oracle's standard error is such that
      half of 1 is mistaken with ERROR), verdicts, pair or pair-verdicts (one leak that needs two).
ESSENTIAL: the share of units without which nothing runs.
"""

import collections
import hashlib
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile


def answer(file):
    """The oracle: one trial of the configuration in LEAKBISECT_OFF_FILE."""
    problem = json.loads(pathlib.Path(file).read_text())
    off = set(pathlib.Path(os.environ["LEAKBISECT_OFF_FILE"]).read_text().split())
    if off & set(problem["essential"]):
        return 125
    key = hashlib.sha1(",".join(sorted(off)).encode()).hexdigest()
    counted = pathlib.Path(f"{file}.{key}")  # a trial of the same again has luck of its own
    visit = counted.stat().st_size if counted.exists() else 0
    with counted.open("a") as count:
        count.write("x")
    luck = random.Random(f"{problem['seed']} {key} {visit}")
    slope = sum(size for units, size in problem["culprits"] if not off & set(units))
    if problem["slopes"]:
        se = problem["se"]
        print(json.dumps({"slope": slope + se * luck.gauss(0, 1), "se": se}))
        return 0
    return int((slope > 0.5) != (luck.random() < problem["error"]))


def hunt(binary, kind, units, culprits, error, seed, essential, folder):
    luck = random.Random(seed)
    names = [f"c{i}" for i in range(units)]
    needed = [name for name in names if luck.random() < essential]
    free = [name for name in names if name not in needed]
    if kind.startswith("pair"):
        groups = [luck.sample(free, 2)]
    else:
        groups = [[name] for name in luck.sample(free, culprits)]
    slopes = not kind.endswith("verdicts")
    problem = {"seed": seed, "essential": needed, "slopes": slopes, "error": error,
               "se": 0.5 / statistics.NormalDist().inv_cdf(1 - error),
               "culprits": [[group, 1 + luck.random()] for group in groups]}
    file = folder / "problem.json"
    file.write_text(json.dumps(problem))
    oracle = {"command": [sys.executable, os.path.abspath(__file__), "--answer", str(file)]}
    if not slopes:
        oracle |= {"false_positive": error, "false_negative": error}
    hunt_file = folder / "hunt.json"
    hunt_file.write_text(json.dumps({"oracle": oracle,
                                     "units": {"components": [{"name": name} for name in names]}}))
    subprocess.run([binary, "run", hunt_file, "--out", folder / "out", "--quiet"],
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    report = json.loads((folder / "out" / "report.json").read_text())
    named = {name for row in report["culprits"] for name in [row["unit"], *row["together"]]}
    right = named == {name for group in groups for name in group}
    proven = bool(report["proof"] and report["proof"]["holds"])
    purposes = collections.Counter(trial["purpose"].split("_")[0] for trial in report["trials"])
    return right, right and proven, purposes


def main(arguments):
    if len(arguments) == 2 and arguments[0] == "--answer":
        return answer(arguments[1])
    if len(arguments) < 7:
        print(__doc__, file=sys.stderr)
        return 2
    binary, kind = os.path.abspath(arguments[0]), arguments[1]
    units, culprits, hunts, seed = (int(arguments[i]) for i in (2, 3, 5, 6))
    error = float(arguments[4])
    essential = float(arguments[7]) if len(arguments) > 7 else 0
    results = []
    for i in range(hunts):
        with tempfile.TemporaryDirectory(prefix="leakbisect-hunt-") as folder:
            results.append(hunt(binary, kind, units, culprits, error, seed * 100003 + i, essential,
                                pathlib.Path(folder)))
    print(f"{' '.join(arguments[1:])}: {sum(r[0] for r in results)} of {hunts} right, "
          f"{sum(r[1] for r in results)} proven")
    for purpose in ("control", "search", "proof"):
        counts = [r[2][purpose] for r in results]
        error_of_mean = statistics.stdev(counts) / hunts**0.5 if hunts > 1 else 0
        print(f"  {purpose} trials: {statistics.mean(counts):.2f} +- {1.96 * error_of_mean:.2f}, "
              f"at most {max(counts)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
