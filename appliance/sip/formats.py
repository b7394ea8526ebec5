"""When two codecs are the same format of RTP: by name, rate and channels, and by what changes the bits."""

from __future__ import annotations

from functools import lru_cache

from appliance.sip.sdp import Codec

# Parameters that change what is in a packet, and what holds when they are not given.
_BITSTREAM_PARAMETERS: dict[str, tuple[tuple[str, str], ...]] = {
    "ILBC": (("mode", "30"),),
    "AMR": (("octet-align", "0"), ("crc", "0"), ("interleaving", "0")),
    "AMR-WB": (("octet-align", "0"), ("crc", "0"), ("interleaving", "0")),
    "G7221": (("bitrate", ""),),
    "SIREN14": (("bitrate", ""),),
}


def same_format(one: Codec, other: Codec) -> bool:
    """Whether packets of one are packets of the other: name, rate, channels, and what changes the bits."""
    if one.key != other.key:
        return False
    return one.name.upper() not in _BITSTREAM_PARAMETERS or identity(one) == identity(other)


@lru_cache(maxsize=128)
def _parameters(fmtp: str) -> dict[str, str]:
    pairs = (piece.partition("=") for piece in fmtp.split(";", 64))
    return {name.strip().lower(): value.strip().lower() for name, _, value in pairs}


def identity(codec: Codec) -> tuple[tuple[str, int, int], tuple[str, ...]]:
    """What a number must go on meaning within a session: the format and what changes its bits."""
    names = _BITSTREAM_PARAMETERS.get(codec.name.upper(), ())
    parameters = _parameters(codec.fmtp) if names else {}
    return codec.key, tuple([parameters.get(name, default) for name, default in names])
