"""What happens between picking up and being connected: the human answer, and what is whispered."""

from __future__ import annotations

from enum import StrEnum


class HumanAnswer(StrEnum):
    """Whose answer counts after the key 1 only: that of numbers outside, everybody's, nobody's (CONF-1)."""

    OUTSIDE = "outside"
    EVERYBODY = "everybody"
    NOBODY = "nobody"


class WhisperPart(StrEnum):
    """What who picks up hears before they are connected (WHISP-1): who calls, and which number was called."""

    CALLER = "caller"
    CALLED = "called"
