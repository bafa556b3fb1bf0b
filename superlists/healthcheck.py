"""The image's HEALTHCHECK, since the image has no curl: `python -m superlists.healthcheck`."""

import http.client
import sys

HEALTH_PATH = "/healthz"


def main(port: int = 8888) -> int:
    """Give 0 when the app in this container says that it is well, else 1.

    Waits at most 3 seconds for each step of the answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", HEALTH_PATH)
        status = connection.getresponse().status
    except OSError as error:
        print(f"{HEALTH_PATH} gave no answer: {error}")
        return 1
    print(f"{HEALTH_PATH} answered {status}")
    return 0 if status == http.client.OK else 1


if __name__ == "__main__":
    sys.exit(main())
