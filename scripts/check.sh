#!/bin/sh
# Everything about the code that can be known without running it. Every check runs; the last line counts them.
set -u
PATH="$PWD/.venv/bin:$PATH"
done=0 failed=""

check() {
    name=$1; shift
    done=$((done + 1))
    if output=$("$@" 2>&1); then
        echo "ok    $name"
    else
        echo "FAIL  $name"; echo "$output"
        failed="$failed, $name"
    fi
}

schema_is_current() { python -m server.cli schema | diff -u schema.graphql - || { echo "Remedy: make schema"; false; }; }

lock_is_fresh() {
    directory=$(mktemp -d)
    cp requirements.lock requirements-dev.lock "$directory"
    sh scripts/lock.sh "$directory" &&
        diff "$directory/requirements.lock" requirements.lock &&
        diff "$directory/requirements-dev.lock" requirements-dev.lock
    status=$?
    rm -r "$directory"
    [ $status = 0 ] || { echo "Remedy: make lock"; false; }
}

check "ruff: rules" ruff check .
check "ruff: layout" ruff format --check .
check "mypy: types" mypy
check "import-linter: rooms" lint-imports
check "djlint: templates" djlint --lint --quiet server/templates
check "schema.graphql is what is served" schema_is_current
check "translations are complete" python scripts/translations.py check
check "locks are fresh" lock_is_fresh

[ -z "$failed" ] || { echo "failed${failed#,}"; exit 1; }
echo "$done checks clean"
