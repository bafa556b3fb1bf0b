import time

import pytest

from rehearsal.audit.debug_pages import find_debug_page
from rehearsal.audit.exchange import Exchange

# In bytes, and in seconds of this process: it takes a twentieth of that.
SIZE = 64 << 10
LONG = 0.25


@pytest.mark.parametrize("piece", [b"Whitelabel Error Page</h1>", b"<b>Warning</b>:"])
def test_find_debug_page__a_hostile_page_takes_no_longer(piece: bytes) -> None:
    page = Exchange(path="/", status=500, body=piece * (SIZE // len(piece)))

    def takes_long() -> bool:
        started = time.process_time()
        assert find_debug_page(page) is None
        return time.process_time() - started > LONG

    # Again, since the machine has more to do.
    assert not all(takes_long() for _ in range(3))
