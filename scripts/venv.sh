#!/bin/sh
# Make .venv with $1, a Python of 3.11 or newer; Debian's may lack ensurepip, then virtualenv serves.
set -eu
python=$1
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Python 3.11 or newer is needed, and $python is not. Remedy: make PYTHON=/path/to/python3.12 …" >&2
    exit 1
}
rm -rf .venv
"$python" -m venv .venv 2>/dev/null && exit
rm -rf .venv
command -v virtualenv >/dev/null && exec virtualenv --quiet --python "$python" .venv
if "$python" -m pip --version >/dev/null 2>&1; then
    trap 'rm -rf .virtualenv' EXIT
    "$python" -m pip install --quiet --target .virtualenv virtualenv
    PYTHONPATH=.virtualenv "$python" -m virtualenv --quiet .venv
    exit
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-venv >/dev/null
    exec "$python" -m venv .venv
fi
echo "$python has neither ensurepip nor pip. Remedy: install python3-venv, or virtualenv." >&2
exit 1
