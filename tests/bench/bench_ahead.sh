#!/usr/bin/env bash
# How much of the build time hides behind measuring: one hunt without builds made ahead, and the same
# hunt with them, over a repository of 64 commits whose builds sleep.
#
#   bench_ahead.sh LEAKBISECT NASTY_SERVER [BUILD_S [TRIAL_S [COMMIT]]]
#
# Builds take BUILD_S seconds (default 4), trials about TRIAL_S (default 4); COMMIT (default 23) is the
# one of the 64 that leaks. Prints both wall times, their ratio, and whether the answers agree.
set -euo pipefail
leakbisect=$(realpath "$1") server=$(realpath "$2")
build_s=${3:-4} trial_s=${4:-4} guilty=${5:-23}

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

# hunt AHEAD: one hunt; its report goes to report-AHEAD.json.
hunt() {
  cat > "hunt-$1.json" << JSON
{
  "subject": {"directory": "repository", "build": "sleep $build_s; cp leak.txt built.txt",
              "start": "LEAK=\$(cat built.txt) exec $server", "env": {"PORT": "{port}"}},
  "load": {"http": {"rate": 50}},
  "memory": {"metric": "anon", "warmup": "$(awk "BEGIN {print 0.6 * $trial_s}")s"},
  "units": {"git": {"good": "good"}},
  "search": {"drill": false, "smallest_leak": "2KiB/request"},
  "limits": {"budget": "2h", "trial": "$((4 * trial_s + 10))s", "ahead": $1, "share_builds": false}
}
JSON
  "$leakbisect" run "hunt-$1.json" --out "out-$1" --quiet --json > "report-$1.json" || true
}

value() { grep -o "\"$2\": [0-9.]*" "report-$1.json" | tail -1 | cut -d' ' -f2; }
for ahead in 0 2; do
  hunt "$ahead"
  named=$(grep -q "\"unit\": \"$truth\"" "report-$ahead.json" && echo "the right commit" || echo WRONG)
  printf 'ahead %s: %s trials, %.1f s of wall time, %s\n' "$ahead" \
    "$(grep -c '"why"' "report-$ahead.json")" "$(value "$ahead" wall_seconds)" "$named"
done
awk "BEGIN {printf \"ratio %.3f\n\", $(value 2 wall_seconds) / $(value 0 wall_seconds)}"
