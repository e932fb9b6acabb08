#!/usr/bin/env bash
# For the eye, not in CI: hunts of each kind and failed ones, then look.mjs looks at their reports and at a live
# page in headless Chromium. Needs node, npm, chromium and a build of leakbisect:  tests/ui/look.sh [OUT]
# Pictures come to OUT/pictures; components-desktop.png is what README shows. Hunts that OUT has are not made again.
set -euo pipefail
cd "$(dirname "$0")/../.."
binary=$(realpath "${BINARY:-build/src/cli/leakbisect}")
out=$(realpath -m "${1:-build/ui}")
mkdir -p "$out/hunts" "$out/pictures"
[[ -d $out/node_modules/axe-core && -d $out/node_modules/playwright-core ]] ||
  npm install --prefix "$out" --no-save --no-audit --no-fund axe-core@4 playwright-core@1 >/dev/null

hunt() {  # NAME FILE
  local folder=$out/hunts/$1
  [[ ! -e $folder/report.html ]] || return 0
  rm -rf "$folder"
  "$binary" run "$2" --out "$folder" --quiet >/dev/null || true  # a failed hunt has a page, too
  [[ -e $folder/report.html ]] || { echo "the hunt \"$1\" left no report.html in $folder" >&2; exit 1; }
}
hunt components examples/quickstart/hunt.json
hunt routes examples/routes/hunt.json
hunt none examples/quickstart/hunt-none.json
[[ -d examples/commits/repository ]] || examples/commits/make-repository.sh
hunt commits examples/commits/hunt.json
cat >"$out/broken.json" <<'J'
{"subject": {"directory": ".", "build": "echo no rule to make target >&2; exit 2", "start": ["sleep", "9"], "ready": {"tcp": true}},
 "load": {"http": {"rate": 50, "requests": [{"path": "/"}]}}, "units": {"components": [{"name": "a", "off": {"env": {"A": "0"}}}]}}
J
hunt broken "$out/broken.json"
node tests/ui/look.mjs "$out" "$binary" "$out/pictures" "$out"/hunts/{components,routes,commits,none,broken}
