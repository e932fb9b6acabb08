#!/usr/bin/env bash
# All set-up, then all tests. The runtimes and tools that the tests drive are installed where their
# command is missing; a test whose runtime cannot be had says so and is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
missing=()
for tool in node:nodejs npm:npm python3:python3 dpkg-shlibdeps:dpkg-dev file:file; do
  command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
done
bash .ci/setup "${missing[@]}"
cmake --build build
# Three side by side: most of a hunt is waiting for samples.
ctest --test-dir build --output-on-failure --timeout 600 --parallel 3 "$@"
