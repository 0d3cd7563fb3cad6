#!/usr/bin/env bash
# Installs the npm packages of the pages, when package-lock.json changed since the last time, and builds the files that
# the binary embeds. Everything it prints goes to stderr: stdout belongs to the command that comes after it.
set -euo pipefail
exec >&2
cd "$(dirname "${BASH_SOURCE[0]}")/../src/web/assets"

command -v npm >/dev/null || {
    echo "npm is not here: install Node.js 20 or later (it brings npm)."
    exit 1
}

stamp=node_modules/.installed-lock
if ! cmp --silent package-lock.json "$stamp"; then
    npm ci --no-audit --no-fund
    cp package-lock.json "$stamp"
fi
npm run --silent build
