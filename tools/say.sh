# shellcheck shell=bash
# Shared by the programs in this folder: paths, messages, facts about the machine.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$top/.cache
# Other scripts read these two.
# shellcheck disable=SC2034
venv=$top/.venv log=$cache/set-up.log

say() { printf '%s: %s\n' "${speaker:-set-up}" "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }

# Run a command with its output in the log. Where it fails, show the end of the log and exit.
quietly() {
    local status=0
    printf '\n$ %s\n' "$*" >>"$log"
    "$@" >>"$log" 2>&1 </dev/null || status=$?
    if ((status)); then
        tail -n 25 "$log" >&2
        say "this failed (exit $status): $*"
        say "its whole output is in ${log#"$top"/}"
        exit "$status"
    fi
}

is_root() { [[ $(id -u) -eq 0 ]]; }

# `debian`, `ubuntu`, or whatever else this is.
distribution() {
    # shellcheck source=/dev/null
    (. /etc/os-release 2>/dev/null && printf '%s' "${ID:-unknown}")
}
