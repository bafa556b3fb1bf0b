"""Which links of the app's pages lead to the app itself."""

from collections.abc import Mapping
from urllib.parse import urljoin, urlsplit

from rehearsal.dataclass import dataclass
from rehearsal.results.published_port import PublishedPort


@dataclass(frozen=True, kw_only=True)
class Origin:
    """The app's address, as its own links may write it.

    `server` is its Host header. A server in a container may know only its port there, or write
    none: on the same host each of `ports` counts.
    """

    server: str
    ports: frozenset[int | None]
    schemes: frozenset[str]

    def path_of(self, link: str, page: str, base: str = "") -> str:
        """Return path and query of a link on the page at a path, empty if it leads elsewhere.

        `base` is what the page says that its links are relative to.
        """
        try:
            target = urlsplit(urljoin(urljoin(f"http://{self.server}{page}", base), link))
            is_own = (
                target.scheme in self.schemes
                and target.hostname == urlsplit(f"//{self.server}").hostname
                and target.port in self.ports
            )
        except ValueError:  # The link is no URL.
            return ""
        path = target.path or "/"
        return (f"{path}?{target.query}" if target.query else path) if is_own else ""


def origin_of(published: PublishedPort, port: int, headers: Mapping[str, str]) -> Origin:
    """Return the origin of an app that listens on `port` of its container, asked with `headers`."""
    # An app that is told of TLS in front of it writes https into its links.
    told = {"http", headers.get("X-Forwarded-Proto", "").lower()}
    return Origin(
        server=headers["Host"],
        ports=frozenset({None, port, published.port}),
        schemes=frozenset(told & {"http", "https"}),
    )
