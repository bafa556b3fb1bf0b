# shellcheck shell=bash
# Which docker client to use, and whether an engine answers it.

# Print a client that can build with BuildKit. A PATH may hold several, and a recent one without
# its buildx plugin cannot, while those before 23.0 have BuildKit built in.
docker_that_builds() {
    local client version
    while IFS= read -r client; do
        if "$client" buildx version >/dev/null 2>&1; then
            printf '%s\n' "$client"
            return
        fi
        # Without an engine `version` fails, after printing the client's part.
        version=$("$client" --version 2>/dev/null) || continue
        version=${version#Docker version }
        if ((${version%%.*} < 23)); then
            printf '%s\n' "$client"
            return
        fi
    done < <(type -ap docker)
    return 1
}

engine_answers() { timeout 10 docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

has_image() { docker image inspect --format '{{.Id}}' "$1" >/dev/null 2>&1; }
