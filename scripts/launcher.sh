#!/bin/sh
# `mingcha` from a clone. make copies this file to .venv/bin/mingcha; it finds the clone from where it lies.
bin=$(dirname -- "$(readlink -f -- "$0")")
clone=$(dirname -- "$(dirname -- "$bin")")
PYTHONUTF8=1 PYTHONPATH="$clone" exec "$bin/python" -m mingcha.config.cli "$@"
