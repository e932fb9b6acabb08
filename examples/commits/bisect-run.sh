#!/bin/bash
# The same hunt by `git bisect run`: in a clone, so that the repository stays as it is. Ends with
# "<sha> is the first bad commit".
#
#   bisect-run.sh [LEAKBISECT]        the binary; default: leakbisect, as found in PATH
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
leakbisect=$(command -v "${1:-leakbisect}")
leakbisect=$(realpath "$leakbisect")
[ -d "$here/repository" ] || "$here/make-repository.sh"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
git clone --quiet "$here/repository" "$work/clone"
cd "$work/clone"
git bisect start main v1.0
# `measure` takes the commit that is checked out here; it exits 0 clean, 1 leaking, 125 cannot say.
git bisect run "$leakbisect" measure --quiet --out "$work/controls" "$here/hunt.json"
