"""How often we try, where we may send, and when an endpoint is given up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Final
from urllib.parse import urlsplit

from sellier.domain.webhooks.errors import AddressRefused

URL_LENGTH_MAX: Final = 500
NAME_LENGTH_MAX: Final = 80

# As Standard Webhooks proposes: at once, then over 75 hours.
WAITS: Final[Sequence[timedelta]] = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
TRIES_MAX: Final = len(WAITS) + 1
FAILING_LASTS: Final = timedelta(days=4)  # longer than one delivery is tried
OLD_SECRET_LASTS: Final = timedelta(hours=24)
KEPT_FOR: Final = timedelta(days=30)

# Inside these an address of version 4 is written, of any network.
CARRIES_V4: Final = tuple(
    IPv6Network(each) for each in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
)


def checked_url(url: str, *, is_loopback_allowed: bool) -> str:
    """Return an endpoint's address if it is one that we would send to, else `AddressRefused`."""
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname or "", parts.port
    except ValueError as error:
        raise AddressRefused(
            "This is not an address. It looks like https://example.com/hooks."
        ) from error
    if len(url) > URL_LENGTH_MAX or not url.isascii() or not url.isprintable() or " " in url:
        raise AddressRefused(f"Give an address of at most {URL_LENGTH_MAX} plain characters.")
    if "\\" in url or "@" in parts.netloc or parts.fragment or not host:
        raise AddressRefused("Give a plain address, without a name, a password or a fragment.")
    if parts.scheme != "https" and not (is_loopback_allowed and parts.scheme == "http"):
        raise AddressRefused("The address begins with https://.")
    return url


def is_allowed(address: str, *, is_loopback_allowed: bool) -> bool:
    """Tell whether a resolved address is on the open internet, and nobody's network."""
    ip = ip_address(address.partition("%")[0])
    if ip.is_loopback:
        return is_loopback_allowed
    if isinstance(ip, IPv6Address) and _hides_v4(ip):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved)


def _hides_v4(ip: IPv6Address) -> bool:
    is_mapped: IPv4Address | None = ip.ipv4_mapped
    return is_mapped is not None or ip.is_site_local or any(ip in net for net in CARRIES_V4)


def next_try(*, tries: int, now: datetime) -> datetime | None:
    """Return when to try again after so many tries; None when it is enough."""
    return now + WAITS[tries - 1] if tries <= len(WAITS) else None


def is_given_up(*, failing_since: datetime, now: datetime) -> bool:
    """Tell whether an endpoint has failed for so long that it is switched off."""
    return now - failing_since >= FAILING_LASTS
