"""Asks the app for one path after the other, with the headers of the probe."""

import time
from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType

from rehearsal.audit.exchange import Exchange
from rehearsal.dataclass import dataclass
from rehearsal.outside.http_exchange import ask
from rehearsal.pipeline.audit.origin import Origin
from rehearsal.pipeline.stages.probe import REDIRECT_STATUSES
from rehearsal.results.published_port import PublishedPort

# In seconds, for one request.
REQUEST_TIMEOUT = 5.0
MAX_REDIRECTS = 5
OUT_OF_TIME = "not asked: the time for requests was over"
NO_CHANGES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, kw_only=True)
class AppClient:
    """Asks the app, until a reading of the monotonic clock."""

    published: PublishedPort
    headers: Mapping[str, str] = field(repr=False)
    origin: Origin
    deadline: float

    @property
    def is_out_of_time(self) -> bool:
        """Whether nothing is asked any more."""
        return time.monotonic() >= self.deadline

    def ask(self, path: str, changed: Mapping[str, str] = NO_CHANGES) -> Exchange:
        """Ask for a path, with changed headers."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            return Exchange(path=path, error=OUT_OF_TIME)
        headers = {**self.headers, **changed}
        return ask(self.published, path, headers, timeout=min(REQUEST_TIMEOUT, left))

    def follow(self, path: str) -> tuple[Exchange, ...]:
        """Ask for a path and for what it redirects to, as long as that is the app's own."""
        found = [self.ask(path)]
        while len(found) <= MAX_REDIRECTS and found[-1].status in REDIRECT_STATUSES:
            target = self.origin.path_of(found[-1].header("location"), found[-1].path)
            if not target or any(target == each.path for each in found):
                break
            found.append(self.ask(target))
        return tuple(found)
