import os
from urllib.request import urlopen

import pytest


def answers(url: str) -> bool:
    try:
        urlopen(url).close()
    except OSError:
        return False
    return True


@pytest.fixture(scope="session")
def app_url(request: pytest.FixtureRequest) -> str:
    if url := os.environ.get("REHEARSAL_URL"):
        return url
    services = request.getfixturevalue("docker_services")
    url = f"http://{request.getfixturevalue('docker_ip')}:{services.port_for('app', 8888)}"
    services.wait_until_responsive(timeout=30, pause=0.1, check=lambda: answers(url))
    return url
