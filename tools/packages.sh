# shellcheck shell=bash
# Programs that come from the machine: how to check for each, which part of set-up needs it, and
# where it comes from.

has_python() { "$venv/bin/python" -c '' 2>/dev/null || [[ -n $(find_python) ]]; }
has_git() { have git; }
has_make() { have make; }
has_curl() { have curl; }
has_jq() { have jq; }
has_java() { have java; }
has_certificates() { [[ -s /etc/ssl/certs/ca-certificates.crt || $(distribution) != debian && $(distribution) != ubuntu ]]; }
# /usr/sbin is on root's PATH only.
has_docker() { have docker && { have dockerd || [[ -x /usr/sbin/dockerd ]] || docker version >/dev/null 2>&1; }; }
has_builder() { docker_that_builds >/dev/null; }
has_chrome() { have chromium || have google-chrome || have chromium-browser; }
has_chromedriver() { have chromedriver; }
has_firefox() { have firefox-esr || have firefox; }
# Ubuntu's mmdebstrap comes without the keys of Debian's archive.
has_mmdebstrap() { have mmdebstrap && compgen -G '/usr/share/keyrings/debian-archive-keyring.*' >/dev/null; }

# check | what it is | parts that need it | Debian packages (a ? marks one that only some releases have) | elsewhere
needs='
has_certificates|certificate authorities|python docker|ca-certificates|
has_python|Python 3.11 or newer, with venv|python|python3 python3-venv|your package manager, or python.org
has_git|git|python|git|your package manager
has_docker|a docker client and engine|docker|docker.io docker-cli?|docs.docker.com/engine/install
has_builder|a docker client that can build with BuildKit|docker|docker.io docker-cli? docker-buildx?|the buildx plugin: docs.docker.com/build
has_chrome|Chromium or Chrome|browser|chromium|your package manager, or google.com/chrome
has_chromedriver|chromedriver|browser|chromium-driver|your package manager, or googlechromelabs.github.io/chrome-for-testing
has_firefox|Firefox|e2e|firefox-esr|your package manager, or firefox.com
has_mmdebstrap|mmdebstrap, which builds small Debian systems|e2e own-image|mmdebstrap debian-archive-keyring|your package manager
has_make|make|e2e|make|your package manager
has_curl|curl, which an example calls|e2e|curl|your package manager
has_jq|jq, which an example calls|e2e|jq|your package manager, or jqlang.org
has_java|Java, which runs Selenium Grid|grid|default-jre-headless|your package manager, or adoptium.net
'

# Ubuntu names these, but hands out snaps, which need a running snapd: useless on a build machine.
not_from_ubuntu='chromium chromium-driver firefox-esr'

# usage: missing_needs PART…   Print the lines of `needs` that these parts lack on this machine.
missing_needs() {
    local line check parts part
    while IFS= read -r line; do
        IFS='|' read -r check _ parts _ <<<"$line"
        for part in "$@"; do
            [[ " $parts " == *" $part "* ]] || continue
            "$check" || printf '%s\n' "$line"
            break
        done
    done <<<"$needs"
}

can_install() {
    is_root && case $(distribution) in debian | ubuntu) have apt-get ;; *) false ;; esac
}

from_this_distribution() {
    [[ $(distribution) != ubuntu || " $not_from_ubuntu " != *" $1 "* ]]
}

# usage: explain_missing LINES PART…   Say where to get what these lines of `needs` name, and exit.
explain_missing() {
    local lines=$1 what packages elsewhere advice name
    shift
    say "this machine lacks:"
    while IFS='|' read -r _ what _ packages elsewhere; do
        advice=${elsewhere:-your package manager}
        case $(distribution) in
        debian)
            advice="apt install"
            for name in $packages; do [[ $name == *\? ]] || advice+=" $name"; done
            ;;
        esac
        printf '  - %s: %s\n' "$what" "$advice" >&2
    done <<<"$lines"
    if ! is_root; then
        say "as root on Debian or Ubuntu, set-up installs what their archives have: sudo tools/set-up $*"
    fi
    exit 1
}

install_missing() {
    local names=() name packages wanted=() required=''
    while IFS='|' read -r _ _ _ packages _; do
        for name in $packages; do
            from_this_distribution "${name%\?}" || continue
            names+=("$name")
            [[ $name == *\? ]] || required=yes
        done
    done <<<"$1"
    # Packages that only some releases have are no reason to run apt: alone they mend nothing.
    [[ -n $required ]] || return 0
    say "installing with apt: ${names[*]//\?/} (a few minutes the first time)"
    export DEBIAN_FRONTEND=noninteractive
    quietly apt-get update
    for name in "${names[@]}"; do
        if [[ $name != *\? ]] || apt-cache show "${name%\?}" >/dev/null 2>&1; then
            wanted+=("${name%\?}")
        fi
    done
    # Two checkouts may set up at once: wait for the other's apt instead of failing.
    quietly apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=600 "${wanted[@]}"
}

# usage: require_packages PART…   Install what these parts need; where that cannot be, list it and exit.
require_packages() {
    local missing
    missing=$(missing_needs "$@")
    [[ -n $missing ]] || return 0
    if can_install; then
        install_missing "$missing"
        hash -r
        missing=$(missing_needs "$@")
        [[ -n $missing ]] || return 0
    fi
    explain_missing "$missing" "$@"
}
