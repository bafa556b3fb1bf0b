"""A fake docker client and engine in one script, for tests of a whole rehearsal.

It records its calls in a folder, and its "container" is a process that answers HTTP requests.
"""

import shutil
import sys
from pathlib import Path

TOOLS = (
    "bash", "cat", "cp", "curl", "cut", "env", "grep", "ln", "mv", "realpath", "rm", "setsid", "sh",
    "sleep", "touch",
)  # fmt: skip
IMAGE_ID = "sha256:" + "ab" * 32

APP = r"""
import signal, socket, sys, time
from datetime import UTC, datetime
from pathlib import Path
folder, status, last = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
def end(code):
    (folder / "exit").write_text(str(code))
    (folder / "finished").write_text(datetime.now(UTC).isoformat())
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
def stopped(*_):
    end(0)
    sys.exit()
signal.signal(signal.SIGTERM, stopped)
with socket.create_server(("127.0.0.1", 0)) as server:
    (folder / "port").write_text(str(server.getsockname()[1]))
    print("Listening", flush=True)
    while not (folder / "die").exists():
        connection, _ = server.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(f"HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n".encode())
print(last, flush=True)
end(3)
# The client learns of the end of a container from the engine, and only some time later.
time.sleep(float((folder / "lag").read_text()) if (folder / "lag").exists() else 0)
sys.exit(3)
"""

SCRIPT = r"""#!/bin/bash
state=@STATE@
echo "$*" >>"$state/calls"
[[ -e $state/gone ]] && { echo "Cannot connect to the Docker daemon at x." >&2; exit 1; }
container() { [[ -e $state/created ]]; }
# A process that has ended stays a zombie until its parent waits for it.
runs() { grep -qs '^State:.[^Z]' "/proc/$(cat "$state/pid")/status"; }
case "$1 $2" in
"version --format") echo '{"Client": {"Version": "20.10.24"}, "Server": {"Version": "20.10.24"}}' ;;
"info --format") echo '[["Backing Filesystem","extfs"]]' ;;
"version "*) ;;
"buildx "*) exit 1 ;;
"context inspect") echo unix:///var/run/docker.sock ;;
"build "*)
    echo "#1 building"
    cat "$state/build-says" 2>/dev/null
    while (($#)); do
        [[ $1 == --iidfile ]] && echo @IMAGE@ >"$2"
        shift
    done
    exit "$(cat "$state/build-exit" 2>/dev/null || echo 0)" ;;
"image inspect") echo '[{"Id": "@IMAGE@"}]' ;;
"create "*)
    env >"$state/environment"
    if [[ -e $state/create-says ]]; then cat "$state/create-says" >&2; exit 1; fi
    echo created >"$state/created"
    echo c0ffee ;;
"start "*)
    lost=$(cat "$state/lost-starts" 2>/dev/null || echo 0)
    if (($(grep -c '^start ' "$state/calls") <= lost)); then
        echo "Error response from daemon: $(cat "$state/start-says")" >&2
        exit 1
    fi
    if [[ -e $state/crash ]]; then
        cat "$state/crash"
        echo exited >"$state/created"
        exit 3
    fi
    echo $$ >"$state/pid"
    echo running >"$state/created"
    exec @PYTHON@ -I -S -c "$(cat "$state/app.py")" "$state" "$(cat "$state/status")" \
        "$(cat "$state/last" 2>/dev/null)" ;;
"container inspect")
    container || { echo "Error: No such container: $3" >&2; exit 1; }
    status=$(cat "$state/created")
    if [[ $status == running ]] && ! runs; then status=exited; fi
    port=$(cat "$state/port" 2>/dev/null)
    printf '[{"State": {"Status": "%s", "ExitCode": %s, "OOMKilled": false, "Error": "%s",' \
        "$status" "$(cat "$state/exit" 2>/dev/null || echo 3)" \
        "$(cat "$state/start-says" 2>/dev/null)"
    printf '"FinishedAt": "%s"},' \
        "$(cat "$state/finished" 2>/dev/null || echo 0001-01-01T00:00:00Z)"
    printf '"Config": {"Env": ["KEY=%s"]},' "$(grep ^KEY= "$state/environment" | cut -d= -f2-)"
    printf '"NetworkSettings": {"Ports": {"8888/tcp": [{"HostPort": "%s"}]}}}]\n' "${port:-0}" ;;
"events "*) while [[ -e $state && ! -e $state/signalled ]]; do sleep 0.01; done; echo kill ;;
"stop "*)
    kill "$(cat "$state/pid")"
    touch "$state/signalled"
    while runs; do sleep 0.01; done ;;
"exec "*) shift 2; "$@" ;;
"ps "*) if container; then echo c0ffee; fi ;;
"rm "*)
    if [[ -e $state/pid ]]; then kill -9 "$(cat "$state/pid")" 2>/dev/null; fi
    rm -f "$state"/{created,exit,port} ;;
"volume ls" | "network ls") ;;
*) echo "the fake docker does not know: $*" >&2; exit 99 ;;
esac
"""


class FakeDocker:
    """A `docker` on a PATH of its own; files in `state` control how it behaves."""

    def __init__(self, root: Path) -> None:
        self.state = root / "docker-state"
        self.state.mkdir()
        self.bin = root / "docker-bin"
        self.bin.mkdir()
        (self.state / "app.py").write_text(APP)
        self.set("status", "200")
        script = SCRIPT.replace("@STATE@", str(self.state)).replace("@IMAGE@", IMAGE_ID)
        client = self.bin / "docker"
        client.write_text(script.replace("@PYTHON@", sys.executable))
        client.chmod(0o755)
        for name in TOOLS:
            found = shutil.which(name)
            assert found, f"{name} is missing: make setup"
            (self.bin / name).symlink_to(found)

    @property
    def path(self) -> str:
        """Return a PATH with this client and the tools of scripts, but without a real client."""
        return str(self.bin)

    @property
    def calls(self) -> list[str]:
        """Return the arguments of each call, one line each."""
        calls = self.state / "calls"
        return calls.read_text().splitlines() if calls.exists() else []

    @property
    def has_container(self) -> bool:
        return (self.state / "created").exists()

    def set(self, name: str, text: str = "") -> None:
        (self.state / name).write_text(text)
