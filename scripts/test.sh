#!/bin/sh
# Runs the tests on a database of their own, whatever instance this clone or machine serves (tests/cluster_plugin.py),
# whole files side by side on as many cores as there are, at most four; `-n 0` runs them in one process, in order.
#
# Browser journeys need Chromium and a Chinese font. Where they can be neither found nor installed the journeys are
# skipped by name, and the last lines say so.
set -eu
cd "$(dirname "$0")/.."
. scripts/debian.sh

find_chromium() {
    for name in ${MINGCHA_CHROMIUM:-chromium chromium-browser google-chrome google-chrome-stable}; do
        command -v "$name" >/dev/null 2>&1 && return 0
    done
    return 1
}
has_chinese_font() { ! command -v fc-list >/dev/null 2>&1 || [ -n "$(fc-list :lang=zh 2>/dev/null | head -n 1)" ]; }

find_chromium && has_chinese_font || debian_install chromium fonts-noto-cjk || true

status=0
env -u MINGCHA_DATA -u DATABASE_URL -u MINGCHA_DSN -u MINGCHA_NOW PYTHONUTF8=1 \
    .venv/bin/python -m pytest -n auto --dist loadfile --no-loadscope-reorder "$@" || status=$?

if ! find_chromium; then
    echo "浏览器旅程未运行：找不到 Chromium / Browser journeys were skipped: no Chromium was found."
    echo "安装命令 / To run them: apt-get install -y chromium fonts-noto-cjk"
elif ! has_chinese_font; then
    echo "缺少中文字体，截图中的汉字会显示为方框 / No Chinese font: apt-get install -y fonts-noto-cjk"
fi
if [ ! -f mingcha/doors/field/static/field/app/.vite/manifest.json ]; then
    echo "现场端的旅程未运行：没有构建，见 make assets / The field app's journeys were skipped: it is not built, see make assets."
fi
exit "$status"
