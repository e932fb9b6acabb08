#!/usr/bin/env bash
# All set-up, then all tests. Servers, runtimes and tools that the tests drive are installed too; a test
# whose runtime cannot be had says so and is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
bash .ci/setup nodejs npm wrk dpkg-dev file
cmake --build build
ctest --test-dir build --output-on-failure --timeout 600 "$@"
