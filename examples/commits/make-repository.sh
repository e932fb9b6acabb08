#!/bin/bash
# Makes a git repository of the quickstart server: tag v1.0, then 60 commits to main. The same
# sources give the same commits every time.
#
#   make-repository.sh [FOLDER [TRUTH]]
#
# FOLDER (default: repository, beside this script) must not exist. The full sha of the commit that
# brings the leak is written to TRUTH (default: truth.txt, beside FOLDER): nothing inside the
# repository tells it apart.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
folder=${1:-$here/repository}
truth=$(realpath -m "${2:-$(dirname "$folder")/truth.txt}")
if [ -e "$folder" ]; then
  echo "make-repository.sh: $folder exists: remove it first, or name another folder" >&2
  exit 2
fi

# Nothing of the user's git configuration may change the commits.
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export GIT_AUTHOR_NAME=Example GIT_AUTHOR_EMAIL=example@example.invalid
export GIT_COMMITTER_NAME=Example GIT_COMMITTER_EMAIL=example@example.invalid
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE
clock=1704182400 # each commit is three hours after the one before

# tick: the next commit's date.
tick() {
  clock=$((clock + 3 * 3600))
  export GIT_AUTHOR_DATE="@$clock +0000" GIT_COMMITTER_DATE="@$clock +0000"
}

# commit SUBJECT: everything in the folder as it is now.
commit() {
  tick
  git add --all
  git commit --quiet --message "$1"
}

# merge BRANCH: into the current branch, with a merge commit; the branch's name goes.
merge() {
  tick
  git merge --quiet --no-ff --message "Merge branch '$1'" "$1"
  git branch --quiet --delete "$1"
}

# change FILE OLD NEW: the first OLD in FILE becomes NEW; it must be there.
change() {
  OLD=$2 NEW=$3 perl -0pi -e 's/\Q$ENV{OLD}\E/$ENV{NEW}/ or die "no \"$ENV{OLD}\" in $ARGV\n"' "$1"
}

# component NAME TYPE AFTER < SOURCE: a new component, added to the page after the type AFTER.
component() {
  cat > "components/$1.hpp"
  change server.cpp '#include "http.hpp"' "#include \"components/$1.hpp\"
#include \"http.hpp\""
  change server.cpp "    add<$3>();" "    add<$3>();
    add<$2>();"
}

mkdir -p "$folder"
cd "$folder"
git init --quiet --initial-branch=main .
cp "$here"/../quickstart/{Makefile,server.cpp,http.cpp,http.hpp,site.hpp} .
cp -r "$here/../quickstart/components" .
sed -i '/^$/{N;/planted:begin/D}; /planted:begin/,/planted:end/d; /planted/d' \
  ./*.cpp ./*.hpp components/*.hpp
printf '*.o\nserver\n' > .gitignore
commit "Open the Evening Reel"
git tag v1.0

. "$here/history.sh"

git rev-parse ":/^$leak_subject" > "$truth"
echo "$folder: $(git rev-list --count v1.0..main) commits from v1.0 to main"
