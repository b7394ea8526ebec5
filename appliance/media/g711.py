"""G.711: µ-law (PCMU) and A-law (PCMA), to and from PCM and from one to the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from appliance.media import samples

_EVERY_CODE = bytes(range(256))

ULAW_TO_ALAW = samples.to_alaw(samples.from_ulaw(_EVERY_CODE))
ALAW_TO_ULAW = samples.to_ulaw(samples.from_alaw(_EVERY_CODE))

ENCODERS: Mapping[str, Callable[[bytes], bytes]] = {"PCMU": samples.to_ulaw, "PCMA": samples.to_alaw}
DECODERS: Mapping[str, Callable[[bytes], bytes]] = {"PCMU": samples.from_ulaw, "PCMA": samples.from_alaw}
SILENT_CODE: Mapping[str, bytes] = {name: encode(bytes(2)) for name, encode in ENCODERS.items()}
_TABLES = {("PCMU", "PCMA"): ULAW_TO_ALAW, ("PCMA", "PCMU"): ALAW_TO_ULAW}


def encode(name: str, sound: bytes) -> bytes:
    """PCM in the named law. Raises KeyError for another codec."""
    return ENCODERS[name.upper()](samples.whole_samples(sound))


def decode(name: str, encoded: bytes) -> bytes:
    """PCM of sound in the named law. Raises KeyError for another codec."""
    return DECODERS[name.upper()](encoded)


def conversion(source: str, target: str) -> bytes | None:
    """The table for `bytes.translate` from one law to the other; None when nothing changes.

    Raises KeyError for another codec.
    """
    source, target = source.upper(), target.upper()
    return None if source == target else _TABLES[source, target]
