#!/usr/bin/env python3
"""Are the stated probabilities true? Hunts by the real binary in a repository of made-up commits, of
which a share cannot be tested, in runs and one by one, with an oracle that errs. Prints, in five
bins of what was stated: how often the named commit is the culprit (its own probability), how often
its class holds the culprit (the class's), how often the credible set does, and how many proofs held.

usage: bench_calibration.py LEAKBISECT HUNTS [SEED] [COMMITS] [ERROR] [BROKEN]
defaults: seed 1, 200 commits, 0.05 errors either side, 0.2 of the commits broken
"""

import json
import math
import pathlib
import random
import subprocess
import sys
import tempfile

BINS = (0, 0.3, 0.6, 0.9, 0.98, 1.0000001)

ORACLE = """#!/bin/sh
cd "$(dirname "$0")/answers" || exit 2
[ -e "$1" ] || exit 125
line=$(head -n 1 "$1") && sed -i 1d "$1"
exit "$line"
"""


def make_repository(folder, commits):
    """A line of commits with a side branch of two now and then; returns (id, parents) by age."""
    lines = ["blob\nmark :1\ndata 1\nx\n"]
    parents = []
    while len(parents) < commits:
        number = len(parents)
        if number > 2 and number % 10 == 0 and number + 3 < commits:
            parents += [[number - 1], [number - 1], [number, number + 1]]
        else:
            parents.append([number - 1] if number else [])
    for number, row in enumerate(parents):
        text = f"Commit {number}"
        lines.append(f"commit refs/heads/main\nmark :{number + 2}\n"
                     f"committer Ada <ada@example.org> {1600000000 + number} +0000\n"
                     f"data {len(text)}\n{text}\n")
        for i, parent in enumerate(row):
            lines.append(f"{'merge' if i else 'from'} :{parent + 2}\n")
        if number == 0:
            lines.append("M 100644 :1 x\n")
        lines.append("\n")
    repository = folder / "repository"
    subprocess.run(["git", "init", "-q", "-b", "main", repository], check=True)
    marks = folder / "marks"
    subprocess.run(["git", "-C", repository, "fast-import", "--quiet", f"--export-marks={marks}"],
                   input="".join(lines).encode(), check=True)
    ids = dict(line.split() for line in marks.read_text().splitlines())
    return [ids[f":{number + 2}"] for number in range(len(parents))], parents


def broken_commits(commits, share, luck):
    """Half of them in runs of two to eight, half one by one; never an end."""
    broken = set()
    while len(broken) < share * commits / 2:
        first = luck.randrange(1, commits - 9)
        broken.update(range(first, first + luck.randint(2, 8)))
    while len(broken) < share * commits:
        broken.add(luck.randrange(1, commits - 1))
    return broken


def plant(folder, ids, parents, error, share, luck):
    """Answers of every commit for one hunt; returns the culprit."""
    commits = len(ids)
    broken = broken_commits(commits, share, luck)
    culprit = luck.randrange(1, commits)
    leaking = set()
    for number, row in enumerate(parents):
        if number == culprit or any(parent in leaking for parent in row):
            leaking.add(number)
    answers = folder / "answers"
    answers.mkdir(exist_ok=True)
    for number, name in enumerate(ids):
        file = answers / name
        file.unlink(missing_ok=True)
        if number in broken:
            continue
        wrong = [luck.random() < error for _ in range(40)]
        file.write_text("".join(f"{int((number in leaking) != one)}\n" for one in wrong))
    return ids[culprit]


def wilson(hits, of):
    if of == 0:
        return 0, 1
    z, p = 1.96, hits / of
    middle = (p + z * z / (2 * of)) / (1 + z * z / of)
    half = z * math.sqrt(p * (1 - p) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return middle - half, middle + half


def table(title, stated):
    print(f"{title}\n  stated         mean   hunts  right          95% interval")
    for low, high in zip(BINS, BINS[1:]):
        inside = [(p, right) for p, right in stated if low <= p < high]
        if not inside:
            continue
        hits = sum(right for _, right in inside)
        mean = sum(p for p, _ in inside) / len(inside)
        ends = wilson(hits, len(inside))
        print(f"  {low:4.2f} to {min(high, 1):4.2f}  {mean:6.1%}  {len(inside):5}  "
              f"{hits:4} ({hits / len(inside):6.1%})  {ends[0]:.1%} to {ends[1]:.1%}")


def main():
    binary, hunts = sys.argv[1], int(sys.argv[2])
    seed, commits = (int(sys.argv[i]) if len(sys.argv) > i else (1, 200)[i - 3] for i in (3, 4))
    error, share = (float(sys.argv[i]) if len(sys.argv) > i else (0.05, 0.2)[i - 5] for i in (5, 6))
    folder = pathlib.Path(tempfile.mkdtemp(prefix="leakbisect-calibration-"))
    ids, parents = make_repository(folder, commits)
    oracle = folder / "test.sh"
    oracle.write_text(ORACLE)
    oracle.chmod(0o755)
    hunt = {"oracle": {"command": [str(oracle), "{commit}"], "false_positive": error,
                       "false_negative": error},
            "units": {"git": {"repository": str(folder / "repository"), "good": ids[0],
                              "bad": "main"}}}
    (folder / "hunt.json").write_text(json.dumps(hunt))
    own, classes, credible = [], [], []
    trials = unproven = other = 0
    for number in range(hunts):
        culprit = plant(folder, ids, parents, error, share, random.Random(f"{seed} {number}"))
        out = folder / f"out{number}"
        subprocess.run([binary, "run", folder / "hunt.json", "--out", out, "--seed", str(number + 1)],
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
        report = json.loads((out / "report.json").read_text())
        trials += len(report["trials"])
        subprocess.run(["rm", "-rf", out], check=True)
        if not report["culprits"]:
            other += 1
            continue
        row = report["culprits"][0]
        if report["result"] != "culprit":
            unproven += 1
            continue
        own.append((row["probability"], row["unit"] == culprit))
        classes.append((row["class_probability"], culprit in row["class"]))
        named = [one["unit"] for one in row["credible_set"]]
        credible.append((row["credible_probability"], culprit in named))
    print(f"seed {seed}: {hunts} hunts of {commits} commits, {share:.0%} broken, {error:.0%} errors; "
          f"{trials / hunts:.1f} trials a hunt, {unproven} not proven, {other} without a culprit")
    table("the named commit's own probability", own)
    table("the probability of its class", classes)
    table("the credible set", credible)
    subprocess.run(["rm", "-rf", folder], check=True)


if __name__ == "__main__":
    main()
