# shellcheck shell=bash
# The images of Postgres and Redis that the end-to-end tests start as services: made from Debian's
# packages, so they are the same with and without a registry. Their files are in stand_ins/.

service_files=$top/action/tests/e2e/stand_ins
services_base=localhost/debian-with-services:trixie
services_saved=$cache/services.tar
# By their folder in stand_ins/; action/tests/e2e/services.py has the same names.
declare -A service_images=(
    [postgres]=localhost/postgres-stand-in:17
    [redis]=localhost/redis-stand-in:8
)

# Two thirds of the packages are for what no test does: compile queries, run Perl, other languages.
# mmdebstrap fills in $1, the new system's root.
# shellcheck disable=SC2016
services_slimming='cd "$1" && rm -rf usr/lib/*/libLLVM* usr/lib/*/libz3* usr/lib/postgresql/*/lib/llvmjit* \
    usr/lib/postgresql/*/lib/bitcode usr/share/perl* usr/lib/*/perl usr/lib/*/gconv \
    usr/share/doc usr/share/i18n usr/share/locale usr/share/man var/lib/postgresql/*'

# A hash of what the images are made from.
services_made_from() {
    cat "${BASH_SOURCE[0]}" "$service_files"/{postgres/{Dockerfile,entrypoint.sh},redis/Dockerfile} | sha256sum | cut -c 1-64
}

# usage: engine_has_services HASH
engine_has_services() {
    local image
    for image in "${service_images[@]}"; do
        [[ $(docker image inspect --format '{{index .Config.Labels "made-from"}}' "$image" 2>/dev/null) == "$1" ]] || return 1
    done
}

setup_services() {
    local wanted kept
    wanted=$(services_made_from)
    kept=$(cat "$services_saved.of" 2>/dev/null || true)
    if ! engine_has_services "$wanted"; then
        if [[ $kept == "$wanted" ]]; then
            quietly docker load --quiet --input "$services_saved"
        else
            make_services "$wanted"
        fi
    fi
    # For the engines of tools/with-engine, which start without images: a test loads it there.
    if [[ $kept != "$wanted" ]]; then
        quietly docker save --output "$services_saved" "${service_images[@]}"
        printf '%s\n' "$wanted" >"$services_saved.of"
    fi
}

# usage: make_services HASH
make_services() {
    local archive client image work=$cache/services-base
    is_root || fail "only root makes the images of the end-to-end tests: sudo tools/set-up services"
    say "making images of Postgres and Redis from Debian packages (half a minute, 160 MB in .cache)"
    mapfile -t archive < <(debian_archive)
    mkdir -p "$work"
    # The image's entry point makes the tests' databases: Debian makes none.
    # shellcheck disable=SC2016
    quietly mmdebstrap --variant=minbase --include=postgresql-17,redis-server \
        --essential-hook='mkdir -p "$1/etc/postgresql-common" && echo create_main_cluster=false >"$1/etc/postgresql-common/createcluster.conf"' \
        --customize-hook="$services_slimming" \
        trixie "$work/base.tar" "${archive[@]}"
    quietly docker import "$work/base.tar" "$services_base"
    client=$(docker_that_builds)
    for image in "${!service_images[@]}"; do
        DOCKER_BUILDKIT=1 quietly "$client" build --build-arg "BASE=$services_base" \
            --label "made-from=$1" --tag "${service_images[$image]}" "$service_files/$image"
    done
    quietly docker image rm "$services_base"
    rm -rf "$work"
}
