#!/bin/sh
# Builds the field app from frontend/ into the product, once; called by make before the demo and the tests. Nothing is
# done, and nothing is fetched, while the sources stay the same. `sh scripts/assets.sh check` holds its types instead.
#
# 1. Compare the stamp, the hash of every source, and see that what was built is there.
# 2. Find a Node that is new enough: the system's, else the one in .venv, else fetch that as a wheel.
# 3. Fetch the packages that the lock names, by their hashes; build; write the stamp last.
# Where that cannot be done the product still runs: inspectors get the plain pages, and the app's journeys are skipped.
set -eu
cd "$(dirname "$0")/.."

built=mingcha/doors/field/static/field/app/.vite/manifest.json
say() { printf '%s\n' "$*" >&2; }

give_up() {
    say "现场端没有构建（$1）：改用普通页面，现场端的旅程测试跳过 / The field app was not built ($2): plain pages are used instead, its journeys are skipped."
    exit 0
}

sources() {
    find frontend -type d \( -name node_modules -o -name dist \) -prune -o -type f -print | LC_ALL=C sort | while IFS= read -r name; do
        printf '%s\n' "$name"
        cat "$name"
    done
}

new_enough() {
    "$1" -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 22 || (a === 22 && b >= 12) || (a === 20 && b >= 19) ? 0 : 1)' 2>/dev/null
}

find_node() {
    command -v npm >/dev/null 2>&1 && new_enough node && return 0
    PATH="$PWD/.venv/bin:$PATH"
    [ -x .venv/bin/npm ] && new_enough node && return 0
    say "正在取得 Node.js（只在第一次）/ Fetching Node.js (first time only) …"
    .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input --require-hashes -r requirements/node.txt >/dev/null 2>&1 || return 1
    new_enough node
}

fetch_packages() {
    lock=$(sha256sum frontend/package-lock.json | cut -c1-64)
    [ "$(cat frontend/node_modules/.stamp 2>/dev/null || true)" = "$lock" ] && return 0
    (cd frontend && npm ci --include=dev --ignore-scripts --no-audit --no-fund) >.assets.log 2>&1 || return 1
    printf '%s\n' "$lock" > frontend/node_modules/.stamp
}

# One build at a time in a clone.
if command -v flock >/dev/null 2>&1; then
    exec 9>.assets.lock
    flock 9
fi
unset NODE_ENV NODE_OPTIONS

if [ "${1:-}" = check ]; then
    find_node && fetch_packages || give_up "缺少 Node 或网络" "no Node, or no network"
    cd frontend && exec npm run --silent check
fi

stamp=$(sources | sha256sum | cut -c1-64)
[ -f "$built" ] && [ "$(cat .assets.stamp 2>/dev/null || true)" = "$stamp" ] && exit 0

find_node || give_up "没有 Node.js 20.19 或更新版本，也取不到" "no Node.js 20.19 or newer, and none could be fetched"
say "正在构建现场端（约十秒）/ Building the field app (about ten seconds) …"
fetch_packages || give_up "取不到依赖，见 .assets.log" "its packages could not be fetched, see .assets.log"
(cd frontend && npm run build) >.assets.log 2>&1 || give_up "构建出错，见 .assets.log" "the build failed, see .assets.log"
printf '%s\n' "$stamp" > .assets.stamp
