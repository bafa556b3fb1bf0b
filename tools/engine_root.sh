# shellcheck shell=bash
# A small Debian with newer engines, for tools/with-engine; and the image that builds in them need.

engine_root=$cache/engine-root
# Where the image and the tests' environment find their packages: these engines reach no network.
engine_wheels=$cache/engine-wheels
engine_image=$cache/engine-image.tar

# forky has Docker 28.5 and Podman 5.8. Its Release file may be past its date of expiry. Docker lists a
# container's processes with ps of procps.
engine_packages=docker.io,docker-cli,docker-buildx,podman,netavark,aardvark-dns,crun,iptables,iproute2,ca-certificates,procps

setup_engines() {
    is_root || fail "only root can start a second engine"
    make_engine_root
    make_engine_image
}

make_engine_root() {
    local archive
    if [[ $(cat "$engine_root.of" 2>/dev/null) == "$engine_packages" ]]; then return; fi
    say "making a Debian with Docker 28 and Podman (half a minute, 620 MB in .cache)"
    mapfile -t archive < <(debian_archive)
    rm -rf "$engine_root"
    quietly mmdebstrap --variant=minbase --include="$engine_packages" \
        --aptopt='Acquire::Check-Valid-Until "false"' forky "$engine_root" "${archive[@]}"
    printf '%s\n' "$engine_packages" >"$engine_root.of"
}

make_engine_image() {
    local base=${PYTHON_IMAGE:-$(<"$cache/python-image")} client work
    if [[ -s $engine_image && $(cat "$engine_image.of" 2>/dev/null) == "$base" ]]; then return; fi
    say "making the base image of the second engines (some seconds)"
    rm -rf "$engine_wheels"
    download_engine_wheels
    work=$(mktemp -d)
    cp -r "$engine_wheels" "$work/wheels"
    printf 'FROM %s\nCOPY wheels /wheels\nENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels\n' "$base" >"$work/Dockerfile"
    client=$(docker_that_builds)
    DOCKER_BUILDKIT=1 quietly "$client" build --tag "$base-with-wheels" "$work"
    quietly "$client" save --output "$engine_image" "$base-with-wheels"
    quietly "$client" image rm "$base-with-wheels"
    rm -rf "$work"
    printf '%s\n' "$base" >"$engine_image.of"
}

# Pure Python, so they fit the image's Python as well as this machine's.
download_engine_wheels() {
    # tools/python.sh lists them.
    # shellcheck disable=SC2154
    quietly "$venv/bin/python" -m pip download --quiet --only-binary :all: --dest "$engine_wheels" "${requirements[@]/#/--requirement=}"
}
