#!/bin/sh
# Resolve pyproject.toml into the two locks of directory $1; what is locked there already stays unless it must change.
set -eu
compile() {
    lock=$1; shift
    .venv/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-config \
        --no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" \
        --output-file "$lock" "$@" pyproject.toml
}
compile "$1/requirements.lock" ${UPGRADE:-}
compile "$1/requirements-dev.lock" ${UPGRADE:-} --constraints requirements.lock --extra oidc --extra s3 --group dev
