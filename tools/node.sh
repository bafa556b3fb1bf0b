# shellcheck shell=bash
# The Node packages of the end-to-end tests: those of the stand-in for actions/upload-artifact, the
# only program here that needs Node, and axe-core, which browsers run on our pages.

setup_node() {
    install_node_packages "$top/action/tests/e2e/stand_ins/upload-artifact" "the artifact stand-in's packages"
    install_node_packages "$top/action/tests/e2e/axe" "axe-core"
}

# usage: install_node_packages FOLDER WHAT
install_node_packages() {
    local lock=$1/package-lock.json stamp=$1/node_modules/.made-from wanted
    [[ -f $lock ]] || return 0
    wanted=$(sha256sum <"$lock")
    if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then return; fi
    say "installing $2 (some seconds)"
    PATH=$venv/bin:$PATH quietly npm ci --prefix "$1" --loglevel=error --no-audit --no-fund
    printf '%s\n' "$wanted" >"$stamp"
}
