#!/usr/bin/env python3
"""Halve the suspects; repeat each half until its trials are sure together. One culprit."""
import json
import math
import sys

SURE = math.log(999)  # a half is decided at odds of 999 to 1
suspects, weight, doubt = [], 0.0, 0.0


def say(**answer):
    print(json.dumps(answer), flush=True)


for line in sys.stdin:
    message = json.loads(line)
    half = suspects[: len(suspects) // 2]
    if message["op"] == "init":
        always_on = set(message["always_on"])
        suspects = [i for i in range(len(message["units"])) if i not in always_on]
    elif message["op"] == "tell":
        if message["trial"].get("key") == "half":
            if message["outcome"] == "untestable":
                suspects = suspects[1:] + suspects[:1]  # another half
            elif message["outcome"] == "measured":
                weight += message["llr"]
            if abs(weight) >= SURE:
                suspects = suspects[len(half):] if weight > 0 else half
                doubt, weight = doubt + math.exp(-abs(weight)), 0.0
        say(ok=True)
    elif message["op"] == "ask" and message["pending"]:
        say(wait=True)
    elif message["op"] == "ask" and len(suspects) == 1:
        say(done={"answer": suspects, "conf": 1 - doubt, "reason": "one suspect is left"})
    elif message["op"] == "ask":
        top = [[unit, 1 / len(suspects)] for unit in suspects[:10]]
        say(trials=[{"key": "half", "off": half, "why": f"half of {len(suspects)} suspects off"}],
            state={"top": top, "conf": 1 / len(suspects)})
    elif message["op"] == "explain":
        say(text=f"Every half was repeated to odds of 999 to 1; {doubt:.4f} of doubt is left.")
