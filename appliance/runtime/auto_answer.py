"""What has a phone answer by itself: makers agree on no single field, so each gets the one it reads."""

from __future__ import annotations


def answer_by_itself(host: str) -> tuple[tuple[str, str], ...]:
    """The fields of such an INVITE: Call-Info and Alert-Info as deskphones read them, RFC 5373 for others."""
    return (
        ("Call-Info", f"<sip:{host}>;answer-after=0"),
        ("Alert-Info", f"<http://{host}>;info=alert-autoanswer;delay=0"),
        ("Answer-Mode", "Auto"),
    )
