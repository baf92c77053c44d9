#!/bin/sh
# Compiles requirements/*.in into *.txt: every version pinned, every file named by its hash.
#
# No registry is named in the result: which one a machine uses is that machine's own setting.
# Needs the network. pip-tools goes into a folder of its own, so that .venv stays small.
set -eu
cd "$(dirname "$0")/.."

tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools/venv"
"$tools/venv/bin/pip" install --quiet 'pip-tools>=7.6,<8'

for name in base dev node bench; do
    CUSTOM_COMPILE_COMMAND="sh scripts/requirements.sh" "$tools/venv/bin/pip-compile" --quiet \
        --generate-hashes --strip-extras --allow-unsafe --no-emit-index-url \
        --no-emit-trusted-host --no-emit-find-links "$@" \
        --output-file "requirements/$name.txt" "requirements/$name.in"
    # Kept out even where an option above is not honoured.
    sed -i -E '/^--(index-url|extra-index-url|find-links|trusted-host)/d' "requirements/$name.txt"
done
