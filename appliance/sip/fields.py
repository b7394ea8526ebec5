"""Header fields of one message: ordered values by name, compact forms known, typed reading lazy and kept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from appliance.sip.headers import TOKEN, split_list

T = TypeVar("T")

_NAMES = (
    "Via Max-Forwards From To Call-ID CSeq Contact Route Record-Route Path Service-Route Content- "
    "Length Content-Type Content-Encoding Content-Disposition Content-Language Accept Accept-Encoding "
    "Accept-Language Alert-Info Allow Allow-Events Authentication-Info Authorization Call-Info Date "
    "Diversion Error-Info Event Expires Geolocation History-Info Identity In-Reply-To Join MIME- "
    "Version Min-Expires Min-SE Organization P-Access-Network-Info P-Asserted-Identity P-Associated- "
    "URI P-Early-Media P-Preferred-Identity Priority Privacy Proxy-Authenticate Proxy-Authorization "
    "Proxy-Require RAck RSeq Reason Refer-To Referred-By Remote-Party-ID Replaces Reply-To Require "
    "Retry-After Server Session-Expires Subject Subscription-State Supported Timestamp Unsupported "
    "User-Agent WWW-Authenticate Warning X-Serialnumber"
).split()
_COMPACT = {
    "i": "Call-ID", "m": "Contact", "e": "Content-Encoding", "l": "Content-Length", "c": "Content-Type",
    "f": "From", "s": "Subject", "k": "Supported", "t": "To", "v": "Via", "o": "Event", "u": "Allow-Events",
    "r": "Refer-To", "b": "Referred-By", "x": "Session-Expires", "j": "Reject-Contact", "a": "Accept-Contact",
    "d": "Request-Disposition", "y": "Identity",
}  # fmt: skip
_LISTS = frozenset(
    "via contact route record-route path service-route accept accept-encoding accept-language alert- "
    "info allow allow-events call-info content-encoding content-language diversion error-info "
    "history-info in-reply-to p-asserted-identity p-associated-uri p-preferred-identity proxy-require "
    "reason require supported unsupported warning".split()
)


def _spellings() -> tuple[dict[str, str], dict[str, str]]:
    keys: dict[str, str] = {}
    printed: dict[str, str] = {}
    for name in (*_NAMES, *_COMPACT.values()):
        key = name.lower()
        printed[key] = name
        keys.update({name: key, key: key, name.upper(): key, name.title(): key})
    for letter, name in _COMPACT.items():
        keys[letter] = keys[letter.upper()] = name.lower()
    return keys, printed


KEYS, PRINTED = _spellings()


def header_key(name: str) -> str:
    """The small-letter long form of a header name, by which fields are kept."""
    return KEYS.get(name) or KEYS.get(name.lower()) or name.lower()


class Headers:
    """An ordered multi-map of header fields; names in any case and in compact form.

    Values are the raw text, unfolded and trimmed. The order among fields of one name is kept, which
    is all the order that means something (RFC 3261 7.3.1); Via is printed first.
    """

    __slots__ = ("_printed", "_typed", "_values")

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, list[str]] = {}
        self._printed: dict[str, str] = {}
        self._typed: dict[str, Any] = {}
        for name, value in fields:
            self.add(name, value)

    def get(self, name: str) -> str | None:
        """The first field's raw value, None when there is none."""
        values = self._values.get(KEYS.get(name) or header_key(name))
        return values[0] if values else None

    def fields(self, name: str) -> list[str]:
        """Every field's raw value, comma lists left whole."""
        return list(self._values.get(header_key(name), ()))

    def all(self, name: str) -> list[str]:
        """Every value, comma lists split where the grammar says so. Never raises."""
        key = header_key(name)
        values = self._values.get(key)
        if not values:
            return []
        if key not in _LISTS:
            return list(values)
        if len(values) == 1 and "," not in values[0]:
            return [values[0]] if values[0] else []
        return [element for value in values for element in split_list(value)]

    def add(self, name: str, value: str) -> None:
        """Append a field. ValueError for a line break in the value or a name that is no token."""
        self._list_for(name, value).append(value)

    def insert_first(self, name: str, value: str) -> None:
        """Put a field before the others of its name."""
        self._list_for(name, value).insert(0, value)

    def set(self, name: str, value: str) -> None:
        """Make this the only field of its name."""
        self._list_for(name, value)[:] = [value]

    def replace_first(self, name: str, values: Iterable[str]) -> None:
        """Put these in the place of the first element (not field) of a comma list: top Via, top Route."""
        rest = self.all(name)[1:]
        self.remove(name)
        for value in (*values, *rest):
            self.add(name, value)

    def replace_read(self, name: str, values: Iterable[str], read: object) -> None:
        """`replace_first` with what `typed` is to find under the name from now on."""
        self.replace_first(name, values)
        self._typed[header_key(name)] = read

    def remove(self, name: str) -> None:
        """Take away every field of this name."""
        key = header_key(name)
        self._values.pop(key, None)
        self._typed.pop(key, None)

    def __contains__(self, name: str) -> bool:
        return header_key(name) in self._values

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """Printed name and raw value of every field."""
        for key, values in self._values.items():
            name = self._name(key)
            for value in values:
                yield name, value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._values == other._values

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({', '.join(self._name(key) for key in self._values)})"

    def copy(self) -> Headers:
        """An independent copy."""
        twin = Headers()
        twin._values = {key: values[:] for key, values in self._values.items()}
        twin._printed = self._printed.copy()
        return twin

    def copy_from(self, other: Headers, names: Iterable[str]) -> None:
        """Take over every field of these small-letter long names unread; what is absent is left out."""
        for name in names:
            values = other._values.get(name)
            if values:
                self._values[name] = values[:]
                self._typed.pop(name, None)

    def typed(self, key: str, read: Callable[[Headers], T]) -> T:
        """What `read` makes of the fields of this small-letter long name, kept until one of them changes."""
        value: T | None = self._typed.get(key)
        if value is None:
            value = self._typed[key] = read(self)
        return value

    def adopt(self, values: dict[str, list[str]], printed: dict[str, str]) -> None:
        """Take over fields already checked by the parser: values by key, printed names of unknown headers."""
        self._values = values
        self._printed = printed

    def lines(self) -> list[str]:
        """The header lines in the order they are sent, each with its line end."""
        lines = [f"Via: {value}\r\n" for value in self._values.get("via", ())]
        for key, values in self._values.items():
            if key in ("via", "content-length"):
                continue
            name = PRINTED.get(key) or self._name(key)
            if len(values) == 1:
                lines.append(f"{name}: {values[0]}\r\n")
            else:
                lines.extend([f"{name}: {value}\r\n" for value in values])
        return lines

    def _name(self, key: str) -> str:
        return PRINTED.get(key) or self._printed.get(key, key)

    def _list_for(self, name: str, value: str) -> list[str]:
        if "\n" in value or "\r" in value:
            raise ValueError("line break in a header value")
        key = KEYS.get(name) or header_key(name)
        values = self._values.get(key)
        if values is None:
            if key not in PRINTED:
                if not TOKEN.fullmatch(name):
                    raise ValueError("header name is no token")
                self._printed[key] = name
            values = self._values[key] = []
        self._typed.pop(key, None)
        return values
