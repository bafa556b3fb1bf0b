# shellcheck shell=bash
# Where the tests put their files.

# Put temporary files into memory where there is much of it: the copies of the project that the tests
# make have a thousand files, and a disk may take a second of a processor's time for each copy.
use_memory_for_files() {
    local enough=$((6 * 1024 * 1024)) room free # in KiB
    [[ -z ${TMPDIR:-} && -d /dev/shm && -w /dev/shm ]] || return 0
    # Tests start programs from there.
    [[ $(findmnt --noheadings --output OPTIONS --target /dev/shm) != *noexec* ]] || return 0
    room=$(df --output=avail /dev/shm | tail -n 1)
    free=$(sed -n 's/^MemAvailable: *\([0-9]*\).*/\1/p' /proc/meminfo)
    if ((room > enough && free > enough)); then export TMPDIR=/dev/shm; fi
}
