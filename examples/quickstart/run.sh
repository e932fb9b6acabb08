#!/usr/bin/env bash
# All set-up, then the main job on this example: find the component that makes the bundled server leak.
set -euo pipefail
cd "$(dirname "$0")/../.."
bash .ci/setup
cmake --build build --target leakbisect
out="${1:-leakbisect-out-quickstart-$(date +%Y%m%d-%H%M%S)}"
exec build/src/cli/leakbisect run examples/quickstart/hunt.json --out "$out"
