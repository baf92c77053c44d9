# Sourced, never run: installs Debian packages where that is allowed (root, apt-get, not forbidden by MINGCHA_NO_APT=1).

debian_install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1 && [ -z "${MINGCHA_NO_APT:-}" ] || return 1
    printf '%s\n' "正在安装系统软件包 / Installing: apt-get install -y $*" >&2
    # Without a network this must fail soon and quietly: whoever asked says what is missing.
    export DEBIAN_FRONTEND=noninteractive
    set -- -y --no-install-recommends "$@"
    apt-get update -qq -o Acquire::Retries=0 -o Acquire::http::Timeout=20 >/dev/null 2>&1 || return 1
    apt-get install -qq -o Acquire::http::Timeout=60 "$@" >/dev/null 2>&1
}
