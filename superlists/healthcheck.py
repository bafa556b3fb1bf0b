"""The image's HEALTHCHECK, since the image has no curl: `python -m superlists.healthcheck`."""

import http.client
import sys

# A copy: importing it from the middleware would load Django, half a second of CPU every 5 s.
HEALTH_PATH = "/healthz"


def main(port: int = 8888) -> str | None:
    """Return None when the app in this container is healthy, else what is wrong.

    Waits at most 3 seconds for each step of the answer.
    """
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3)
    try:
        connection.request("GET", HEALTH_PATH)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"{HEALTH_PATH} gave no answer: {error}"
    return None if status == http.client.OK else f"{HEALTH_PATH} answered {status}"


if __name__ == "__main__":
    sys.exit(main())
