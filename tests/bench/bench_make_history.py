#!/usr/bin/env python3
"""Commit hunts by the real binary and real servers, in made repositories whose incremental builds
spoil (make_history/repository.py): is the commit named, by the right proof, and how many commits
are called untestable though they compile?

A row a hunt: what leaked and how; what was named; the commit that the proof has as the parent;
untestable trials, and those that are so falsely; trials whose verdict is against the truth; trials;
seconds. Trials inside the commit are not counted.
"""

import argparse
import concurrent.futures
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent / "make_history"))
import made_history  # noqa: E402
import repository  # noqa: E402

ROW = "{:>6} {:>4} {:<10} {:<10} {:<10} {:>10} {:>5} {:>7} {:>6} {:>5}  {}"
HEAD = ROW.format("seed", "at", "by", "named", "parent", "untestable", "false", "verdict", "trials",
                  "s", "subject")


def hunt_file(given):
    limits = {"budget": "15m", "trial": "15s", "memory": "512MiB", "share_builds": False,
              "parallel": given.jobs}
    if given.ahead is not None:
        limits["ahead"] = given.ahead
    return {"subject": {"directory": "repository", "build": "make -s", "start": ["./server"],
                        "env": {"PORT": "{port}"}, "ready": {"http": "/"},
                        "stop": {"grace": "2s"}},
            "load": {"http": {"rate": 200, "connections": 48,
                              "requests": [{"path": "/"}, {"path": "/item/{n}"}]}},
            "memory": {"metric": "anon", "warmup": "1s"},
            "units": {"git": {"good": "v1.0", "bad": "main"}},
            "search": {"drill": given.drill, "smallest_leak": "1KiB/request"},
            "limits": limits}


def named(report, truth):
    """right, class (the commit is named, but not alone), wrong, or undecided."""
    if report["result"] != "culprit" or not report["culprits"]:
        return "undecided"
    units = [row["unit"] for row in report["culprits"]]
    if units != [truth["commit"]]:
        return "class" if truth["commit"] in report["culprits"][0]["class"] else "wrong"
    return "right" if len(report["culprits"][0]["class"]) == 1 else "class"


def nearest_sound(truth):
    """The culprit's parent, or the nearest commit before it that compiles."""
    at = truth["culprit"] - 1
    while at in truth["broken"]:
        at -= 1
    return truth["commits"][at]


def proof_parent(report, truth):
    commit_of = {trial["id"]: trial["configuration"].get("commit") for trial in report["trials"]}
    clean = {commit_of.get(trial) for trial in report["proof"]["clean_trials"]}
    leaking = {commit_of.get(trial) for trial in report["proof"]["leaking_trials"]}
    if not report["proof"]["holds"]:
        return "no proof"
    return "right" if (clean, leaking) == ({nearest_sound(truth)}, {truth["commit"]}) else "wrong"


def judge(report, truth):
    at = {commit: number for number, commit in enumerate(truth["commits"])}
    trials = [trial for trial in report["trials"]
              if trial["configuration"].get("commit") in at and not trial["id"].startswith("d")]
    untestable = [trial for trial in trials if trial["outcome"] == "untestable"]
    falsely = [trial for trial in untestable
               if trial["configuration"]["commit"] not in truth["broken_commits"]]
    against = [trial for trial in trials if trial["verdict"] in ("leaking", "clean") and
               (trial["verdict"] == "leaking") !=
               (at[trial["configuration"]["commit"]] >= truth["culprit"])]
    return {"named": named(report, truth), "parent": proof_parent(report, truth),
            "untestable": len(untestable), "false": len(falsely), "verdicts": len(against),
            "trials": len(trials), "seconds": report["totals"]["wall_seconds"],
            "reasons": [f"{trial['id']} {trial['configuration']['commit'][:10]}: "
                        f"{trial['reason']}" for trial in falsely] +
                       [f"{trial['id']} {trial['configuration']['commit'][:10]}: "
                        f"{trial['verdict']}, against the truth" for trial in against]}


def hunt(given, seed, folder):
    """One hunt, begun anew in a folder of its own."""
    truth = repository.make(folder / "repository", seed, given.culprit, given.beside_broken)
    report = made_history.hunt(given.binary, folder, hunt_file(given), truth)
    return truth, judge(report, truth)


def one(given, seed):
    if given.keep:
        return hunt(given, seed, given.keep / str(seed))
    with tempfile.TemporaryDirectory(prefix="leakbisect-make-") as folder:
        return hunt(given, seed, pathlib.Path(folder))


def print_row(truth, row):
    print(ROW.format(truth["seed"], truth["culprit"], truth["kind"], row["named"], row["parent"],
                     row["untestable"], row["false"], row["verdicts"], row["trials"],
                     round(row["seconds"]), truth["subject"]))
    for reason in row["reasons"]:
        print(f"       {reason}")
    sys.stdout.flush()


def print_totals(rows):
    def count(key, value):
        return sum(row[key] == value for row in rows)

    def total(key):
        return sum(row[key] for row in rows)

    print(f"{len(rows)} hunts: {count('named', 'right')} right, {count('named', 'class')} in a "
          f"class, {count('named', 'wrong')} wrong, {count('named', 'undecided')} undecided; "
          f"{count('parent', 'right')} proven by the true parent")
    print(f"untestable: {total('untestable')} trials, {total('false')} of them falsely; "
          f"{total('verdicts')} verdicts against the truth; {total('trials')} trials in "
          f"{round(total('seconds'))} s")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=os.path.abspath)
    parser.add_argument("--count", type=int, default=30, help="hunts")
    parser.add_argument("--seed", type=int, default=1, help="of the first; the next have the next")
    parser.add_argument("--jobs", type=int, default=1, help="trials at the same time")
    parser.add_argument("--side", type=int, default=2, help="hunts side by side")
    parser.add_argument("--ahead", type=int, help="builds ahead; as the hunt has it by default")
    parser.add_argument("--drill", action="store_true", help="go on inside the commit")
    parser.add_argument("--culprit", type=int, help="the same commit in every hunt")
    parser.add_argument("--beside-broken", action="store_true",
                        help="the commit before the culprit does not compile")
    parser.add_argument("--keep", type=pathlib.Path, help="keep the hunts in this folder")
    given = parser.parse_args()
    print(HEAD, flush=True)
    rows = []
    with concurrent.futures.ThreadPoolExecutor(given.side) as pool:
        hunts = [pool.submit(one, given, given.seed + i) for i in range(given.count)]
        for done in concurrent.futures.as_completed(hunts):
            truth, row = done.result()
            print_row(truth, row)
            rows.append(row)
    print_totals(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
