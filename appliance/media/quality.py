"""Quality: what a listener would say of a leg's audio, estimated from what was measured (ITU-T G.107)."""

from __future__ import annotations

# ITU-T G.107 and G.113 appendix I: the basic rating, and how G.711 with packet loss concealment bears loss.
BASIC_RATING = 93.2
LOSS_ROBUSTNESS = 25.1
# A frame, and twice the jitter that a receiver's buffer holds back.
FRAME_MS = 20.0


def mean_opinion_score(loss: float, jitter_ms: float = 0.0, round_trip_ms: float | None = None) -> float:
    """From 1 (nobody would bear it) to 4.4 (as good as G.711 can be). `loss` is a fraction from 0 to 1."""
    percent = 100 * min(max(loss, 0.0), 1.0)
    delay = (round_trip_ms or 0.0) / 2 + 2 * max(jitter_ms, 0.0) + FRAME_MS
    late = 0.024 * delay + 0.11 * max(0.0, delay - 177.3)
    impaired = 95 * percent / (percent + LOSS_ROBUSTNESS)
    rating = min(max(BASIC_RATING - late - impaired, 0.0), 100.0)
    return round(max(1.0, 1 + 0.035 * rating + rating * (rating - 60) * (100 - rating) * 7e-6), 1)


def loss_fraction(received: int, lost: int) -> float:
    """The share of a stream's packets that did not arrive."""
    return lost / (received + lost) if lost > 0 else 0.0
