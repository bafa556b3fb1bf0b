# shellcheck shell=bash
# What every tool here shares: its place, and how it talks.

top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=$top/.cache
venv=$top/.venv

say() { printf '%s: %s\n' "${speaker:-set-up}" "$*" >&2; }

fail() {
    say "$*"
    exit 1
}

have() { command -v "$1" >/dev/null 2>&1; }
