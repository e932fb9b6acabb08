#!/usr/bin/env python3
"""Does a hunt name the culprit on a machine that is busy, or at a rate that does not hold?

    bench_busy.py BINARY HUNT.json CULPRIT [--count 10] [--trouble quiet burners stops x4 x50]

Runs the hunt again and again in each trouble: `quiet`, `burners` (two busy loops a processor),
`stops` (every 15 to 25 s the driver, its server and all their children are stopped for 5 s), and
`xN` (load.http.rate times N). A hunt is right when it ends with exit code 0 and the first culprit's
name or description holds CULPRIT; "early" when it ends with 4, 5, 6 or 8. Prints a line a trouble, with the
median wall time over that of the first. Ends what it has started by process id.
"""
import argparse
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time


def children_of(pid):
    """The process and all that descend from it, by /proc."""
    parents = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as stat:
                parents.setdefault(int(stat.read().rsplit(")", 1)[1].split()[1]), []).append(int(name))
        except OSError:
            continue
    found, level = [], [pid]
    while level:
        found += level
        level = [child for parent in level for child in parents.get(parent, [])]
    return found


def send(pids, what):
    for pid in pids:
        try:
            os.kill(pid, what)
        except ProcessLookupError:
            pass


def stop_now_and_then(run, dice, until):
    """Until the hunt ends, or the clock says so."""
    while time.monotonic() < until:
        try:
            run.wait(dice.uniform(15, 25))
            return
        except subprocess.TimeoutExpired:
            tree = children_of(run.pid)
            send(tree, signal.SIGSTOP)
            time.sleep(5)
            send(tree, signal.SIGCONT)


def hunt_file(path, factor, folder):
    """The hunt with another rate, beside the original, since it names its folder relatively."""
    if factor == 1:
        return path
    with open(path, encoding="utf-8") as file:
        hunt = json.loads(re.sub(r"^\s*//.*$", "", file.read(), flags=re.M))
    hunt["load"]["http"]["rate"] *= factor
    subject = hunt["subject"]
    subject["directory"] = os.path.join(os.path.dirname(os.path.abspath(path)), subject["directory"])
    changed = os.path.join(folder, "hunt.json")
    with open(changed, "w", encoding="utf-8") as file:
        json.dump(hunt, file)
    return changed


def hunt_once(given, trouble, dice):
    """(exit code, right, seconds)"""
    factor = float(trouble[1:]) if trouble.startswith("x") else 1
    burners = []
    if trouble == "burners":
        loop = "while True: pass"
        burners = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(2 * os.cpu_count())]
    with tempfile.TemporaryDirectory() as folder:
        out = folder + "/out"
        path = hunt_file(given.hunt, factor, folder)
        began = time.monotonic()
        run = subprocess.Popen([given.binary, "run", path, "--out", out, "--quiet"],
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        if trouble == "stops":
            stop_now_and_then(run, dice, began + given.longest)
        try:
            code = run.wait(max(1, given.longest - (time.monotonic() - began)))
        except subprocess.TimeoutExpired:
            run.send_signal(signal.SIGINT)
            run.wait(60)
            code = 124
        took = time.monotonic() - began
        for burner in burners:
            burner.kill()
            burner.wait()
        culprits = []
        if os.path.exists(out + "/report.json"):
            with open(out + "/report.json", encoding="utf-8") as file:
                culprits = json.load(file)["culprits"]
    first = culprits[0]["unit"] + " " + culprits[0]["description"] if culprits else ""
    return code, code == 0 and given.culprit in first, took


def main():
    options = argparse.ArgumentParser(description=__doc__,
                                      formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("binary")
    options.add_argument("hunt")
    options.add_argument("culprit")
    options.add_argument("--count", type=int, default=10)
    options.add_argument("--trouble", nargs="+", default=["quiet", "burners", "stops", "x4", "x50"])
    options.add_argument("--longest", type=float, default=1200, help="seconds a hunt may take")
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    dice = random.Random(given.seed)
    first = None
    print(f"{'trouble':10} {'hunts':>5} {'right':>5} {'early':>5} {'wrong':>5} {'median s':>9} {'ratio':>6}")
    for trouble in given.trouble:
        ended = [hunt_once(given, trouble, dice) for _ in range(given.count)]
        right = sum(is_right for _, is_right, _ in ended)
        early = sum(code in (4, 5, 6, 8) for code, _, _ in ended)
        wrong = sum(code in (0, 3) and not is_right for code, is_right, _ in ended)
        median = statistics.median(took for _, _, took in ended)
        first = first or median
        print(f"{trouble:10} {len(ended):5} {right:5} {early:5} {wrong:5} {median:9.1f} {median / first:6.2f}",
              flush=True)


if __name__ == "__main__":
    main()
