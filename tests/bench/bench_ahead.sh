#!/usr/bin/env bash
# How much of the build time hides behind measuring: one hunt without builds made ahead, and the same
# hunt with them, over a repository of 64 commits.
#
#   bench_ahead.sh LEAKBISECT NASTY_SERVER [BUILD_S [TRIAL_S [COMMIT [KIND]]]]
#
# Builds take BUILD_S seconds (default 14: seven minutes), trials TRIAL_S (default 14) in the mean, from
# start to stop. What measuring does not need of longer trials the server takes to stop; trials shorter
# than 12 s decide less, so that more are made. COMMIT (default 23) is the one of the 64 that leaks.
# KIND is how a build spends its time: `sleep` (default), or `burn`, one processor's.
#
# Prints where the time of both hunts went, trial by trial, then both wall times, the mean lengths,
# their ratio, and whether the answers are right. `never less than` is what is left when all builds
# but the first hide: all but that one build of the other hunt's wall time.
set -euo pipefail
leakbisect=$(realpath "$1") server=$(realpath "$2")
build_s=${3:-14} trial_s=${4:-14} guilty=${5:-23} kind=${6:-sleep}

work=$(mktemp -d /tmp/leakbisect-ahead-XXXXXX)
trap 'rm -rf "$work"' EXIT
export GIT_CONFIG_GLOBAL=/dev/null GIT_AUTHOR_NAME=A GIT_AUTHOR_EMAIL=a@example.invalid
export GIT_COMMITTER_NAME=A GIT_COMMITTER_EMAIL=a@example.invalid
cd "$work"
git init --quiet --initial-branch=main repository
cd repository
for number in $(seq 0 64); do
  echo "$number" > number.txt
  [ "$number" -lt "$guilty" ] && echo 0 > leak.txt || echo 32 > leak.txt
  git add --all
  git commit --quiet --message "commit $number"
  [ "$number" -gt 0 ] || git tag good
done
truth=$(git log --format=%H --grep="^commit $guilty\$")
cd ..
# Processor seconds, not wall seconds: the same work however little of the machine a build gets.
[ "$kind" = burn ] && spend="(ulimit -t $build_s; while :; do :; done) || true" || spend="sleep $build_s"
# Measured to its end a trial here takes 13.4 s in the mean; shorter ones are cut by their limit.
if [ "$trial_s" -ge 14 ]; then
  limit=34s warmup=3.6s drain=$(awk "BEGIN {print $trial_s - 13.4}")
else
  limit=${trial_s}s warmup=1s drain=0
fi

# hunt AHEAD: one hunt; its report goes to report-AHEAD.json.
hunt() {
  cat > "hunt-$1.json" << JSON
{
  "subject": {"directory": "repository", "build": "$spend; cp leak.txt built.txt",
              "start": "trap 'sleep $drain; exit' TERM; LEAK=\$(cat built.txt) $server & wait",
              "stop": {"grace": "1m"}, "env": {"PORT": "{port}"}},
  "load": {"http": {"rate": 50}},
  "memory": {"metric": "anon", "warmup": "$warmup"},
  "units": {"git": {"good": "good"}},
  "search": {"drill": false, "smallest_leak": "2KiB/request"},
  "limits": {"budget": "2h", "trial": "$limit", "ahead": $1, "share_builds": false}
}
JSON
  "$leakbisect" run "hunt-$1.json" --out "out-$1" --quiet --json > "report-$1.json" || true
}

# field AHEAD NAME: its numbers in the trials' order, one a line; from the journal of hunt AHEAD.
field() { grep '"type":"trial"' "out-$1/journal.jsonl" | grep -o "\"$2\":[^,}]*" | cut -d: -f2; }
timeline() {
  echo "ahead $1: trial, what for, begins at, build (a *: waited for one made ahead), the rest"
  paste <(field "$1" id) <(field "$1" purpose) <(field "$1" started_at) <(field "$1" build_seconds) \
    <(field "$1" build_cached) <(field "$1" seconds) | tr -d '"' |
    awk '{if (!first) first = $3
          printf "  %-4s %-13s %7.1f  %6.1f%s %6.1f\n", $1, $2, $3 - first, $4, $5 == "true" ? "*" : " ", $6}'
}
mean() { awk '{sum += $1} END {printf "%.1f", sum / NR}'; }

value() { grep -o "\"$2\": [0-9.]*" "report-$1.json" | tail -1 | cut -d' ' -f2; }
for ahead in 0 2; do
  hunt "$ahead"
  timeline "$ahead"
  named=$(grep -q "\"unit\": \"$truth\"" "report-$ahead.json" && echo "the right commit" || echo WRONG)
  printf 'ahead %s: %s trials of %s s in the mean, %.1f s of builds, %.1f s of wall time, %s\n' "$ahead" \
    "$(field "$ahead" id | wc -l)" "$(field "$ahead" seconds | mean)" \
    "$(field "$ahead" build_seconds | awk '{sum += $1} END {print sum}')" \
    "$(value "$ahead" wall_seconds)" "$named"
done
built=$(field 0 build_seconds | awk '{sum += $1} END {print sum}')
awk "BEGIN {printf \"ratio %.3f, never less than %.3f\n\", $(value 2 wall_seconds) / $(value 0 wall_seconds),
     1 - ($built - $build_s) / $(value 0 wall_seconds)}"
