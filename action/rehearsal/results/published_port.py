"""Where the app can be reached: an address and a port of this machine."""

from ipaddress import IPv6Address, ip_address

from rehearsal.dataclass import dataclass

# Unless the input publish-address names another one.
DEFAULT_ADDRESS = "127.0.0.1"


@dataclass(frozen=True)
class PublishedPort:
    """An address of this machine, IPv4 or IPv6, and the port there that leads to the app."""

    address: str
    port: int

    @property
    def server(self) -> str:
        """Host and port as in a URL and in the Host header: `localhost:8000`."""
        return f"{host_name(self.address)}:{self.port}"

    @property
    def url(self) -> str:
        """The URL of the app's first page, without a path."""
        return f"http://{self.server}"

    @property
    def socket_address(self) -> tuple[str, int]:
        """Address and port as Python's sockets take them."""
        return self.address, self.port

    @property
    def is_ipv6(self) -> bool:
        """Whether the address is one of IPv6."""
        return isinstance(ip_address(self.address), IPv6Address)


def host_name(address: str) -> str:
    """Return the host of an address in a URL: `localhost` for 127.0.0.1, brackets for IPv6."""
    if address == DEFAULT_ADDRESS:
        return "localhost"
    return f"[{address}]" if ":" in address else address
