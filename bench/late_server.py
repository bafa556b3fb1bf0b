"""A server that becomes ready after a while: `MODE PORT SECONDS`.

It prints the reading of the monotonic clock, which all processes of a machine share, when it begins
to be ready: when it listens (`refused`, `hints`), or when it no longer answers with 503
(`unavailable`). With `slow`, each answer takes three seconds, and the end of the first one counts.
With `hints`, each answer has one with status 103 before it. A request for /done prints the clock,
too.
"""

import socket
import sys
import threading
import time

SLOW_SECONDS = 3.0


def main() -> None:
    """Listen and answer until somebody ends the process."""
    mode, port, wait = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    ready = time.monotonic() + wait
    if mode != "unavailable":
        time.sleep(wait)
    listener = socket.create_server(("127.0.0.1", port), backlog=128)
    if mode == "unavailable":
        # From this moment on it answers with 200, even if the timer is late.
        threading.Timer(ready - time.monotonic(), say, ["ready", ready]).start()
    elif mode != "slow":
        say("ready")
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection, mode, ready), daemon=True).start()


def answer(connection: socket.socket, mode: str, ready: float) -> None:
    """Answer one request and close the connection."""
    with connection:
        try:
            request = connection.recv(65536)
            if b" /done" in request:
                say("done")
            if mode == "slow":
                time.sleep(SLOW_SECONDS)
            if mode == "hints":
                connection.sendall(b"HTTP/1.1 103 Early Hints\r\nLink: </x.css>\r\n\r\n")
            is_ready = mode != "unavailable" or time.monotonic() >= ready
            status = b"200 OK" if is_ready else b"503 Service Unavailable"
            head = b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\nConnection: close\r\n\r\n"
            connection.sendall(head + (b"" if request.startswith(b"HEAD") else b"ok"))
            if mode == "slow":
                say("ready")
        except OSError:
            return  # Who asked did not wait for the answer.


def say(what: str, moment: float | None = None) -> None:
    """Print the moment, by default the clock, in one write."""
    print(f"{what} {moment or time.monotonic()}\n", end="", flush=True)


if __name__ == "__main__":
    main()
