#!/bin/bash
# Installs the site's packages into site/node_modules (about 240 MB) and builds it once, for
# hunt-data.json, which needs no build of its own. Run it again after changing the site.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/site"
[ -e node_modules/nuxt/package.json ] || npm ci --ignore-scripts --no-audit --no-fund
NODE_OPTIONS=--openssl-legacy-provider NUXT_TELEMETRY_DISABLED=1 \
  node node_modules/nuxt/bin/nuxt.js build --quiet
test -e .nuxt/dist/server/server.js
