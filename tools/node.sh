# shellcheck shell=bash
# The Node packages of the stand-in for actions/upload-artifact, the only program here that needs Node.

stand_in=$top/action/tests/e2e/stand_ins/upload-artifact

setup_node() {
    local lock=$stand_in/package-lock.json stamp=$stand_in/node_modules/.made-from wanted
    [[ -f $lock ]] || return 0
    wanted=$(sha256sum <"$lock")
    if [[ -f $stamp && $(<"$stamp") == "$wanted" ]]; then return; fi
    say "installing the artifact stand-in's packages (some seconds)"
    PATH=$venv/bin:$PATH quietly npm ci --prefix "$stand_in" --loglevel=error --no-audit --no-fund
    printf '%s\n' "$wanted" >"$stamp"
}
