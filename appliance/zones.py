"""Time zones by IANA name."""

from functools import cache
from zoneinfo import ZoneInfo, available_timezones


@cache
def zone_names() -> frozenset[str]:
    """Every IANA zone name known to this box."""
    return frozenset(available_timezones())


def is_zone(name: str) -> bool:
    """Whether `name` is a zone of the IANA database."""
    return name in zone_names()


@cache
def zone(name: str) -> ZoneInfo:
    """The zone by that name; raises KeyError (ZoneInfoNotFoundError) on an unknown one."""
    return ZoneInfo(name)
