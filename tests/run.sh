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
# Five side by side: a hunt hardly computes, it waits for samples.
ctest --test-dir build --output-on-failure --timeout 600 --parallel 5 "$@"
