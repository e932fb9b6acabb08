#!/bin/bash
# Makes a repository of N commits, a third of them merges, and times in one run: git's own counting
# and first-parent bisection, our loading and choices, and a whole oracle hunt by the real binary.
# usage: long_history.sh BUILD_FOLDER [N]
set -eu
build=$(realpath "$1")
count=${2:-1000000}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
git init -q -b main repository
"$build/tests/bench/bench_long_history" make "$count" 0.33 1 | git -C repository fast-import --quiet --done
cd repository
good=$(git rev-list --max-parents=0 main)
culprit=$(git rev-list --first-parent --skip $((count / 20)) -n 1 main)

timed() {
  local begin end
  begin=$(date +%s.%N)
  "$@" > /dev/null
  end=$(date +%s.%N)
  printf '%8.2f s  %s\n' "$(echo "$end - $begin" | bc)" "${*:0:90}"
}
ours() {
  "$build/tests/bench/bench_long_history" time . "$good" main
}
echo "--- without a commit-graph"
timed git rev-list --count main
timed git rev-list --first-parent --bisect main "^$good"
ours
git commit-graph write --reachable 2> /dev/null
echo "--- with a commit-graph"
timed git rev-list --count main
timed git rev-list --first-parent --bisect main "^$good"
ours

git rev-list --ancestry-path "$culprit..main" > ../leaking
echo "$culprit" >> ../leaking
cat > ../hunt.json << EOF
{"oracle": {"command": ["$scratch/test.sh", "{commit}", "{trial}"], "false_positive": 0.05, "false_negative": 0.05},
 "units": {"git": {"repository": "$scratch/repository", "good": "$good", "bad": "main"}}}
EOF
cat > ../test.sh << 'EOF'
#!/bin/bash
# Errs in 5 of a hundred trials, by the trial's name.
grep -q "$1" "$(dirname "$0")/leaking" && leaks=1 || leaks=0
luck=$(($(echo "$2 $1" | cksum | cut -d' ' -f1) % 100))
[ $luck -lt 5 ] && leaks=$((1 - leaks))
exit $leaks
EOF
chmod +x ../test.sh
echo "--- a whole hunt, culprit $culprit"
begin=$(date +%s.%N)
"$build/src/cli/leakbisect" run ../hunt.json --out ../out | tail -4
printf '%.1f s\n' "$(echo "$(date +%s.%N) - $begin" | bc)"
grep -c "$culprit" ../out/report.json | sed 's/^/lines of the report that name the culprit: /'
