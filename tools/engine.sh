# shellcheck shell=bash
# The container engine: used where it runs, started where it does not.

# The engine outlives this checkout, so these two are outside it.
engine_log=/var/log/dress-rehearsal-dockerd.log
engine_pid_file=/var/run/docker.pid

# Does process $1 run the program $2?
runs() { [[ -n $1 && $(cat "/proc/$1/comm" 2>/dev/null) == "$2" ]]; }

any_runs() { grep -qx "$1" /proc/[0-9]*/comm 2>/dev/null; }

# After a crash, files of the old engine keep the new one from starting ("pid file found").
clear_leftovers() {
    local file program
    while read -r program file; do
        if [[ -e $file ]] && ! runs "$(cat "$file")" "$program"; then
            say "removing $file, left by an engine that is gone"
            rm -f "$file"
        fi
    done <<END
dockerd $engine_pid_file
containerd /var/run/docker/containerd/containerd.pid
END
    # dockerd waits for a system containerd wherever there is its socket, used or not.
    any_runs containerd || rm -f /run/containerd/containerd.sock
}

engine_with_service_manager() {
    say "starting the engine (stop it with: systemctl stop docker.socket docker)"
    quietly systemctl start docker
}

engine_by_hand() {
    local pid
    clear_leftovers
    say "starting the engine, as there is no service manager (log: $engine_log; stop it with: make stop-engine)"
    # Descriptor 9 is set-up's lock: the engine must not hold it for as long as it lives.
    setsid --fork dockerd >>"$engine_log" 2>&1 </dev/null 9>&-
    for _ in {1..600}; do
        if engine_answers; then return; fi
        sleep 0.1
        pid=$(cat "$engine_pid_file" 2>/dev/null || true)
        any_runs dockerd || break
    done
    tail -n 15 "$engine_log" >&2
    fail "the engine did not come up${pid:+ (process $pid)}: the end of its log is above, the whole log is $engine_log"
}

setup_engine() {
    if engine_answers; then return; fi
    if [[ -n ${DOCKER_HOST:-} ]]; then
        fail "no engine answers at DOCKER_HOST=$DOCKER_HOST. Start it, or unset DOCKER_HOST to use this machine's own."
    fi
    if ! is_root; then
        fail "no engine answers $(id -un). If one runs, add yourself to its group (sudo usermod -aG docker $(id -un), then log in again); if none does: sudo tools/set-up engine"
    fi
    if [[ -d /run/systemd/system ]]; then
        engine_with_service_manager
    else
        engine_by_hand
    fi
    engine_answers || fail "the engine was started and does not answer. Look at: docker version"
}
