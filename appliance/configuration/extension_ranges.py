"""Ranges of extensions that another phone system has, such as 300-349."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

MOST_IN_RANGE = 1000
_RANGE = re.compile(r"([0-9]{2,6})(?:-([0-9]{2,6}))?", re.ASCII)


def _range(text: str) -> str:
    found = _RANGE.fullmatch(text)
    if found is None:
        raise PydanticCustomError("range_malformed", "Such as 300-349, or one extension alone")
    first, last = found[1], found[2] or found[1]
    if len(first) != len(last) or first > last:
        raise PydanticCustomError("range_uneven", "Both ends have as many digits, the lower one comes first")
    if int(last) - int(first) >= MOST_IN_RANGE:
        raise PydanticCustomError("range_too_long", "A range holds at most a thousand extensions")
    return text


# The first and the last extension of a range, of the same length, or one extension alone.
ExtensionRange = Annotated[str, StringConstraints(max_length=13), AfterValidator(_range)]


def ends(extensions: str) -> tuple[str, str]:
    """The first and the last extension of a range."""
    first, _, last = extensions.partition("-")
    return first, last or first


def holds(extensions: str, dialled: str) -> bool:
    """Whether what was dialled is one of the range's extensions."""
    first, last = ends(extensions)
    return len(dialled) == len(first) and dialled.isascii() and dialled.isdigit() and first <= dialled <= last


def has_beginning(extensions: str, digits: str) -> bool:
    """Whether an extension of the range begins with these digits, or is them."""
    first, last = ends(extensions)
    length = len(digits)
    return bool(digits) and length <= len(first) and first[:length] <= digits <= last[:length]


def overlap(one: str, other: str) -> bool:
    """Whether two ranges share an extension."""
    (first, last), (begin, end) = ends(one), ends(other)
    return len(first) == len(begin) and first <= end and begin <= last


def each_of(extensions: str, step: int = 1) -> Iterator[str]:
    """The extensions of a range in order, or every so many of them, the last one always."""
    first, last = ends(extensions)
    for number in range(int(first), int(last), step):
        yield f"{number:0{len(first)}}"
    yield last
