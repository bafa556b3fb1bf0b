# shellcheck shell=bash
# The base image that superlists builds on. Its name goes to .cache/python-image.

official_image=python:3.13-slim
# Named for what it is: made on this machine, and in no registry.
own_image=localhost/python:3.13-slim

# The settings that pip needs on this machine, as a pip.conf for inside the image.
pip_settings() {
    local index python
    printf '[global]\ncert = /etc/ssl/certs/ca-certificates.crt\n'
    # `make run` needs no .venv.
    for python in "$venv/bin/python" python3; do
        index=$("$python" -m pip config get global.index-url 2>/dev/null) && break
    done
    index=${index:-${PIP_INDEX_URL:-}}
    # An image must not carry a password that an index address may hold.
    if [[ $index == http* && $index != *@* ]]; then printf 'index-url = %s\n' "$index"; fi
}

# The Debian archive this machine uses; nothing where it has none, and mmdebstrap takes Debian's own.
debian_archive() {
    # apt fills this template in.
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null | grep -m1 '/debian/*$' || true
}

build_own_image() {
    local work=$cache/base-image archive
    is_root || fail "no registry answers, and only root builds a base image here: name one you have in PYTHON_IMAGE, or run: sudo tools/set-up image"
    say "no registry answers: building $own_image from Debian packages (half a minute; PYTHON_IMAGE=… names one that is here)"
    require_packages own-image
    mkdir -p "$work"
    pip_settings >"$work/pip.conf"
    # Debian trixie with Python 3.13 is what the official image is too. The machine's own
    # certificate authorities go inside: without them pip cannot reach an index behind a proxy.
    mapfile -t archive < <(debian_archive)
    # mmdebstrap fills in $1, the new system's root.
    # shellcheck disable=SC2016
    quietly mmdebstrap --variant=minbase --include=python3,python3-venv,ca-certificates \
        --customize-hook='upload /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt' \
        --customize-hook="upload $work/pip.conf /etc/pip.conf" \
        --customize-hook='ln -s python3 "$1/usr/bin/python"' \
        trixie "$work/base.tar" "${archive[@]}"
    quietly docker import --change 'CMD ["python3"]' --change 'ENV LANG=C.UTF-8' \
        --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$work/base.tar" "$own_image"
    rm -rf "$work"
}

setup_image() {
    local chosen=$cache/python-image
    # An image that the caller names is used as it is.
    if [[ -n ${PYTHON_IMAGE:-} ]]; then return; fi
    if [[ -s $chosen ]] && has_image "$(<"$chosen")"; then return; fi
    if ! has_image "$official_image"; then
        say "asking the registry for $official_image"
        timeout 120 docker pull --quiet "$official_image" >>"$log" 2>&1 </dev/null || true
    fi
    if has_image "$official_image"; then
        printf '%s\n' "$official_image" >"$chosen"
        return
    fi
    if has_image "$own_image"; then
        say "no registry answers: using $own_image, which was made on this machine"
    else
        build_own_image
    fi
    printf '%s\n' "$own_image" >"$chosen"
}
