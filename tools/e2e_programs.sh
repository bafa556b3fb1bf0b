# shellcheck shell=bash
# Programs that only the end-to-end tests use, unpacked from Debian's packages into .cache. They are
# not installed, so the machine's own docker client and services stay as they are.

buildx_plugin=$cache/buildx/docker-buildx
compose_plugin=$cache/compose/docker-compose
registry_program=$cache/registry/docker-registry

# From 0.15 on it can tag one manifest in a registry as it is, which publishing does.
knows_prefer_index() { "$@" imagetools create --help 2>/dev/null | grep -q -e --prefer-index; }

setup_buildx() {
    if knows_prefer_index "$buildx_plugin" || knows_prefer_index docker buildx; then return 0; fi
    { have apt-get && have dpkg; } || fail "no docker client here has the buildx plugin: docs.docker.com/build"
    fetch docker-buildx forky usr/libexec/docker/cli-plugins/docker-buildx "$buildx_plugin"
}

# Debian 12 has only Compose 1, which the action does not use.
setup_compose() {
    if "$compose_plugin" version >/dev/null 2>&1 || docker compose version >/dev/null 2>&1; then return 0; fi
    { have apt-get && have dpkg; } || fail "no docker client here has the compose plugin: docs.docker.com/compose/install"
    fetch docker-compose trixie usr/libexec/docker/cli-plugins/docker-compose "$compose_plugin"
}

# Not installed: the package would start a registry on every network interface.
setup_registry() {
    if [[ -x $registry_program ]] || have docker-registry; then return 0; fi
    { have apt-get && have dpkg; } || fail "there is no docker-registry here: distribution.github.io/distribution"
    fetch docker-registry trixie usr/bin/docker-registry "$registry_program"
}

# In an environment of their own: plugins of pytest would load themselves in our tests.
setup_suites() {
    local folder=$cache/suites wanted
    wanted=$(sed -n '/^suites = \[/,/^\]/p' "$top/pyproject.toml" | sha256sum)
    if [[ $(cat "$folder/.made-from" 2>/dev/null) == "$wanted" ]]; then return; fi
    say "installing test tools that others use in .cache/suites (some seconds)"
    quietly "$venv/bin/python" -m venv --clear --without-pip "$folder"
    quietly "$venv/bin/python" -m pip --python "$folder/bin/python" install --quiet --group "$top/pyproject.toml:suites"
    printf '%s\n' "$wanted" >"$folder/.made-from"
}

# Put the file $3 of the package $1 to $4: from Debian's suite $2 where this machine has an archive of
# Debian, else from its own release.
fetch() {
    local work=$cache/fetched archive keyrings options=()
    archive=$(debian_archive)
    rm -rf "$work"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial" "${4%/*}"
    if [[ -n $archive ]]; then
        say "fetching $1 from Debian $2 (some seconds)"
        keyrings=(/usr/share/keyrings/debian-archive-keyring.*)
        [[ -e ${keyrings[0]} ]] || fail "the keys of Debian's archive are missing: apt install debian-archive-keyring"
        printf 'deb [signed-by=%s] %s %s main\n' "${keyrings[0]}" "$archive" "$2" >"$work/sources.list"
        options=(
            -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
            -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache"
        )
    else
        say "fetching $1 with apt (some seconds)"
    fi
    options+=(-o Acquire::Languages=none -o APT::Sandbox::User=root)
    quietly apt-get "${options[@]}" update
    (cd "$work" && quietly apt-get "${options[@]}" download "$1")
    quietly dpkg -x "$work/$1"_*.deb "$work/tree"
    mv "$work/tree/$3" "$4"
    rm -rf "$work"
}
