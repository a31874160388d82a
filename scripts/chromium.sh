#!/bin/sh
# Chromium and a Chinese font for the browser tests, if they can be had; without them the tests say that they did not run.
set -u
has_chromium() {
    for name in chromium chromium-browser google-chrome google-chrome-stable; do
        "$name" --version >/dev/null 2>&1 && return
    done
    return 1
}
has_font() { fc-list :lang=zh 2>/dev/null | grep -q .; }
install() {
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || return
    echo "Installing $*"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq && apt-get install -y -qq --no-install-recommends "$@" >/dev/null
}

has_font || install fontconfig fonts-noto-cjk
has_chromium || install chromium
has_chromium || .venv/bin/playwright install chromium
exit 0
