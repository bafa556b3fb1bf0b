# shellcheck shell=bash
# The buildx plugin, for the scenarios that build through it. It stays under .cache, where only they
# look: the machine's own clients remain as they are.

buildx_plugin=$cache/buildx/docker-buildx

setup_buildx() {
    local work=$cache/buildx/work keyrings options
    if [[ -x $buildx_plugin ]] || docker buildx version >/dev/null 2>&1; then return 0; fi
    { have apt-get && have dpkg; } || fail "no docker client here has the buildx plugin: docs.docker.com/build"
    keyrings=(/usr/share/keyrings/debian-archive-keyring.*)
    [[ -e ${keyrings[0]} ]] || fail "the keys of Debian's archive are missing: apt install debian-archive-keyring"
    say "fetching the buildx plugin from Debian trixie (some seconds)"
    rm -rf "$work"
    mkdir -p "$work/lists/partial" "$work/cache/archives/partial"
    printf 'deb [signed-by=%s] %s trixie main\n' "${keyrings[0]}" "$(debian_archive)" >"$work/sources.list"
    options=(
        -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts=/dev/null
        -o Dir::State::Lists="$work/lists" -o Dir::Cache="$work/cache"
        -o Acquire::Languages=none -o APT::Sandbox::User=root
    )
    quietly apt-get "${options[@]}" update
    (cd "$work" && quietly apt-get "${options[@]}" download docker-buildx)
    quietly dpkg -x "$work"/docker-buildx_*.deb "$work/tree"
    mv "$work/tree/usr/libexec/docker/cli-plugins/docker-buildx" "$buildx_plugin"
    rm -rf "$work"
}
