"""Addresses of clients: which one a request came from, and who is counted as one with it."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

HOME_NETWORK = 64
"""Bits that a provider leaves to one customer's IPv6 network: any address in it is the same person."""


@lru_cache(maxsize=8)
def networks(text: str) -> tuple[Network, ...]:
    """Addresses and networks, separated by commas. Raises ValueError."""
    return tuple(ip_network(part.strip(), strict=False) for part in text.split(",") if part.strip())


def client(peer: str, forwarded: Sequence[str], proxies: Sequence[Network]) -> str:
    """Who asks: the peer, or, behind proxies of ours, the last address in X-Forwarded-For that is none of them.

    What stands further left was written by whoever asks, so nothing beyond an unreadable entry is believed.
    """
    found = peer
    chain = [part for line in forwarded for part in line.split(",")]
    while chain and is_proxy(found, proxies):
        address = parsed(chain.pop())
        if address is None:
            break
        found = str(address)
    return found


def is_proxy(text: str, proxies: Sequence[Network]) -> bool:
    address = parsed(text)
    return address is not None and any(address in network for network in proxies)


def parsed(text: str) -> Address | None:
    """The address in `text`, without its port; an IPv4 address in the clothes of an IPv6 one as what it is."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def customer(text: str) -> str:
    """The address, or of IPv6 the network that belongs to one customer."""
    address = parsed(text)
    if isinstance(address, IPv6Address):
        return str(ip_network(f"{address}/{HOME_NETWORK}", strict=False))
    return str(address or text)
