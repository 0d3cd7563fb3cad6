#!/usr/bin/env bash
# `make test`: installs what is missing, starts a PostgreSQL, then runs every part, whatever the others say. Each of
# format, lints and docs counts as one, each test as one; a part that could not run counts as one failed and says why.
# The last line is alone and says it all: `N passed, N failed`. Exit status 0 only if nothing failed and something passed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source .ci/postgres.sh

logs=$PWD/target/prova
passed=0
failed=0
part_pid=
report=()

main() {
    trap stop EXIT
    trap 'exit 129' HUP
    trap 'exit 130' INT
    trap 'exit 143' TERM
    clean_environment
    mkdir -p "$logs"

    prepare 'Debian packages' .ci/pacchetti.sh
    prepare 'npm packages' .ci/pagine.sh
    postgres

    check 'format' cargo fmt --check
    tests
    check 'lints' cargo clippy --all-targets --locked -- -D warnings
    RUSTDOCFLAGS='-D warnings' check 'docs' cargo doc --no-deps --locked

    heading 'Summary'
    printf '%s\n' "${report[@]}"
    echo "$passed passed, $failed failed"
    ((failed == 0 && passed > 0))
}

# What the caller's shell says about his own installation, or about the make above us, must not reach the tests.
clean_environment() {
    local name
    for name in "${!TABULARIO_@}"; do
        [[ $name == TABULARIO_CONDIVISI ]] || unset "$name"
    done
    unset MAKEFLAGS MFLAGS MAKELEVEL
}

# prepare NAME COMMAND…: counts only if it fails.
prepare() {
    local name=$1 start=$SECONDS
    shift
    heading "$name"
    if run "$@"; then
        note "$name" 'ready' $((SECONDS - start))
    else
        fail "$name" "could not be made ready by $*" $((SECONDS - start))
    fi
}

postgres() {
    local start=$SECONDS
    heading 'PostgreSQL'
    if postgres_start "$logs/postgres.log"; then
        note 'PostgreSQL' 'ready' $((SECONDS - start))
    else
        fail 'PostgreSQL' 'did not start, the reason is above' $((SECONDS - start))
    fi
}

# check NAME COMMAND…: counts as one.
check() {
    local name=$1 start=$SECONDS status=0
    shift
    heading "$name: $*"
    run "$@" || status=$?
    if ((status)); then
        fail "$name" "exit status $status of: $*" $((SECONDS - start))
    else
        passed=$((passed + 1))
        note "$name" 'passed' $((SECONDS - start))
    fi
}

# Each test counts as one. `--no-fail-fast`, or a failure in one test binary would hide the next one.
tests() {
    local start=$SECONDS status=0 ok bad ignored
    heading 'tests: cargo test --locked'
    run cargo_test || status=$?
    read -r ok bad ignored < <(count_tests "$logs/tests.log")
    passed=$((passed + ok))
    failed=$((failed + bad))
    note 'tests' "$ok passed, $bad failed" $((SECONDS - start))
    ((ignored == 0)) || fail 'tests' "$ignored ignored: a test that does not run is not a test"
    if ((status && bad == 0)); then
        fail 'tests' "cargo test ended with exit status $status, the reason is above"
    elif ((ok + bad == 0)); then
        fail 'tests' 'none ran'
    fi
}

# Half of a test's time is waiting, mostly for a disk: twice as many run at once as there are cores.
cargo_test() {
    RUST_TEST_THREADS=$((2 * $(nproc))) cargo test --locked --no-fail-fast | tee "$logs/tests.log"
}

# Sums the closing lines of the test binaries: `test result: ok. 3 passed; 0 failed; 0 ignored; …`
count_tests() {
    awk '/^test result: / { for (i = 2; i <= NF; i++) sum[$i] += $(i - 1) }
        END { print sum["passed;"] + 0, sum["failed;"] + 0, sum["ignored;"] + 0 }' "$1"
}

# Runs in the background and waits, because bash delays its traps until a command in the foreground ends; and in a process
# group of its own (set -m), so that the trap can end all of it.
run() {
    local status=0
    set -m
    "$@" </dev/null &
    part_pid=$!
    set +m
    wait "$part_pid" || status=$?
    part_pid=
    return "$status"
}

stop() {
    [[ -z $part_pid ]] || kill -TERM -- "-$part_pid" 2>/dev/null || true
    postgres_stop || true
}

fail() {
    failed=$((failed + 1))
    note "$1" "FAILED: $2" "${3:-}"
}

note() {
    report+=("$(printf '%-16s%6s  %s' "$1" "${3:+$3 s}" "$2")")
}

heading() {
    if [[ -t 1 && -z ${NO_COLOR:-} ]]; then
        printf '\n\e[1m== %s\e[0m\n' "$1"
    else
        printf '\n== %s\n' "$1"
    fi
}

main
