# shellcheck shell=bash
# What `make bench` measures beside a rehearsal: peers from PyPI in .cache/bench, and from npm.

setup_bench() {
    local folder=$cache/bench wanted
    setup_dev
    install_node_packages "$top/bench/peers" "what is measured beside a rehearsal, from npm"
    wanted=$(sed -n '/^bench = \[/,/^\]/p' "$top/pyproject.toml" | sha256sum)
    if [[ $(cat "$folder/.made-from" 2>/dev/null) == "$wanted" ]]; then return; fi
    say "installing what is measured beside a rehearsal, from PyPI (some seconds)"
    quietly "$venv/bin/python" -m venv --clear --without-pip "$folder"
    quietly "$venv/bin/python" -m pip --python "$folder/bin/python" install --quiet --group "$top/pyproject.toml:bench"
    printf '%s\n' "$wanted" >"$folder/.made-from"
}
