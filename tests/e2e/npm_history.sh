#!/bin/bash
# Makes a git repository of a Node server that depends on a vendored package: v1.0 and twelve
# commits. The lock file is made by `npm install` at first and tracked from commit 6 on; the package
# is replaced by another one of the same version at commits 3 and 9. Works without a network.
#
#   npm_history.sh FOLDER CULPRIT      # 3 or 9: the replacement of that commit leaks
set -euo pipefail

folder=$1 culprit=$2
export GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null
export npm_config_cache="$PWD/npm-cache" npm_config_update_notifier=false
mkdir -p "$folder" package
packages=$(realpath package)
cd "$folder"
git init --quiet --initial-branch=main .
git config user.name Example
git config user.email example@example.invalid

# pack BODY: the vendored package, which calls itself 1.0.0 for ever.
pack() {
  echo '{"name": "keep", "version": "1.0.0", "main": "index.js"}' > "$packages/package.json"
  echo "$1" > "$packages/index.js"
  (cd "$packages" && npm pack --silent --offline > /dev/null)
  mv "$packages/keep-1.0.0.tgz" keep.tgz
}

lock() {
  local digest
  digest=$(node -e 'console.log(require("crypto").createHash("sha512").update(
    require("fs").readFileSync("keep.tgz")).digest("base64"))')
  cat > package-lock.json <<LOCK
{
  "name": "shop",
  "version": "1.0.0",
  "lockfileVersion": 3,
  "requires": true,
  "packages": {
    "": {"name": "shop", "version": "1.0.0", "dependencies": {"keep": "file:keep.tgz"}},
    "node_modules/keep": {
      "version": "1.0.0", "resolved": "file:keep.tgz", "integrity": "sha512-$digest"
    }
  }
}
LOCK
}

commit() {
  git add --all
  git commit --quiet --message "$1"
}

leaking="const kept = []; module.exports = (visit) => kept.push(Buffer.alloc(3000, 1)) + visit;"
echo 'node_modules' > .gitignore
echo '{"name": "shop", "version": "1.0.0", "dependencies": {"keep": "file:keep.tgz"}}' > package.json
cat > server.js <<'SERVER'
const keep = require('keep');
let visits = 0;
require('http').createServer((request, response) => {
  visits++;
  response.end(`visit ${visits}, ${keep(visits)}\n`);
}).listen(Number(process.env.PORT), '127.0.0.1');
SERVER
pack "module.exports = (visit) => visit;"
commit "Open the shop"
git tag v1.0
body="module.exports = (visit) => visit + 1;"
for number in $(seq 1 12); do
  case $number in
    3 | 9)
      if [ "$number" = "$culprit" ]; then body=$leaking; else body="$body // packed again"; fi
      pack "$body"
      [ "$number" = 3 ] || lock
      ;;
    6) lock ;;
    *) sed -i "s/^let visits = .*/let visits = 0; \/\/ $number/" server.js ;;
  esac
  commit "Change $number of the shop"
done
git rev-parse "HEAD~$((12 - culprit))"
