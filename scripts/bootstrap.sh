#!/bin/sh
# Builds .venv in this clone, once; called by make before every target. Nothing is done, and nothing is fetched,
# while requirements/dev.txt stays the same and .venv works.
#
# 1. Find a Python that is new enough and has its venv module; on a bare Debian, name or install the package.
# 2. Compare the stamp, the hash of the requirements, and see that what was installed still runs.
# 3. Make .venv and install, every file checked against its hash. The stamp is written last.
# 4. Put the launcher in its place.
set -eu
cd "$(dirname "$0")/.."
. scripts/debian.sh

python=${PYTHON:-python3}
say() { printf '%s\n' "$*" >&2; }

command -v "$python" >/dev/null 2>&1 || debian_install python3 python3-venv \
    || { say "需要 Python 3.11 或更新版本 / Python 3.11 or newer is needed: apt-get install -y python3 python3-venv"; exit 1; }
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || { say "Python 太旧，需要 3.11 或更新版本 / Python is too old, 3.11 or newer is needed: $("$python" -V 2>&1)"; exit 1; }

# One build at a time in a clone: `make demo` in one window, `make test` in another.
if command -v flock >/dev/null 2>&1; then
    exec 9>.venv.lock
    flock 9
fi

stamp=$(sha256sum requirements/dev.txt | cut -c1-64)
# A system that has moved on to another Python leaves a .venv that finds nothing.
if [ "$(cat .venv/.stamp 2>/dev/null || true)" != "$stamp" ] || ! .venv/bin/python -c 'import django' 2>/dev/null; then
    "$python" -c 'import ensurepip, venv' 2>/dev/null || debian_install python3-venv \
        || { say "缺少 venv 模块 / the venv module is missing: apt-get install -y python3-venv"; exit 1; }
    say "正在建立 .venv（只在第一次，约半分钟）/ Building .venv (first time only, about half a minute) …"
    # What a person has set for their own pip or Python must not lead the parts elsewhere.
    unset PIP_USER PIP_TARGET PIP_PREFIX PIP_REQUIRE_VIRTUALENV PIP_NO_DEPS PYTHONPATH PYTHONHOME PYTHONSTARTUP VIRTUAL_ENV
    PYTHONUTF8=1 "$python" -m venv --clear .venv
    PYTHONUTF8=1 .venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
        --require-hashes -r requirements/dev.txt \
        || { say "安装依赖失败，请检查网络后重试 / Installing failed; check the network and try again."; exit 1; }
    printf '%s\n' "$stamp" > .venv/.stamp
fi

if ! cmp -s scripts/launcher.sh .venv/bin/mingcha; then
    cp scripts/launcher.sh .venv/bin/mingcha.new
    chmod 755 .venv/bin/mingcha.new
    mv .venv/bin/mingcha.new .venv/bin/mingcha
fi
