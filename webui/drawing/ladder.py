"""The ladder of a call: who sent which SIP message to whom, in the order of time, as SVG."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

COLUMN = 250.0
MARGIN = 92.0
HEAD = 58.0
ROW = 34.0
TIP = 7.0


def ladder(messages: Sequence[Mapping[str, Any]], *, title: str, box: str) -> Markup:
    """The SVG element. `box` names our own column; the others are named by their addresses.

    Each arrow leads to the text of its message, `#message-1` and so on.
    """
    others = list(dict.fromkeys(_end(message["remote"]) for message in messages))
    # Who called first stands on the left, the box beside it, everybody else on the right.
    columns = [*others[:1], box, *others[1:]]
    places = {name: MARGIN + COLUMN * index for index, name in enumerate(columns)}
    width = 2 * MARGIN + COLUMN * (len(columns) - 1)
    height = HEAD + ROW * len(messages) + 10
    started = messages[0]["at"] if messages else 0.0
    return Markup(
        '<svg class="ladder" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img">'
        "<title>{t}</title>{c}{m}</svg>"
    ).format(
        w=f"{width:.0f}",
        h=f"{height:.0f}",
        t=title,
        c=Markup("").join(_column(name, x, height, name == box) for name, x in places.items()),
        m=Markup("").join(
            _row(index, message, places[box], places[_end(message["remote"])], started)
            for index, message in enumerate(messages, 1)
        ),
    )


def said(text: str) -> str:
    """What a message says in a few words: its method, or its status and reason."""
    first = text.split("\n", 1)[0].strip()
    if first.startswith("SIP/2.0 "):
        return first.removeprefix("SIP/2.0 ")[:40]
    method = first.split(" ", 1)[0]
    sdp = "\nv=0" in text
    return f"{method[:20]} (SDP)" if sdp else method[:20]


def _end(address: Sequence[Any]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in str(host) else f"{host}:{port}"


def _column(name: str, x: float, height: float, ours: bool) -> Markup:
    return Markup(
        '<g class="party{o}"><line x1="{x}" y1="34" x2="{x}" y2="{h}"/>'
        '<text x="{x}" y="22" text-anchor="middle">{n}</text></g>'
    ).format(o=" ours" if ours else "", x=f"{x:.0f}", h=f"{height:.0f}", n=name)


def _row(index: int, message: Mapping[str, Any], box: float, other: float, started: float) -> Markup:
    start, stop = (box, other) if message["sent"] else (other, box)
    y = HEAD + ROW * (index - 1) + 14
    back = TIP if stop > start else -TIP
    status = str(message["text"]).startswith("SIP/2.0 ")
    kind = "refusal" if status and str(message["text"])[8:9] in "456" else "answer" if status else "request"
    return Markup(
        '<a href="#message-{i}"><g class="message {k}"><path d="M{x1} {y}L{x2} {y}"/>'
        '<path class="tip" d="M{b} {t}L{x2} {y}L{b} {u}Z"/>'
        '<text x="{m}" y="{l}" text-anchor="middle">{w}</text>'
        '<text class="when" x="4" y="{y4}">{a}</text></g></a>'
    ).format(
        i=index,
        k=kind,
        x1=f"{start:.0f}",
        x2=f"{stop:.0f}",
        y=f"{y:.0f}",
        b=f"{stop - back:.0f}",
        t=f"{y - 4:.0f}",
        u=f"{y + 4:.0f}",
        m=f"{(start + stop) / 2:.0f}",
        l=f"{y - 5:.0f}",
        w=said(str(message["text"])),
        y4=f"{y + 4:.0f}",
        a=f"+{message['at'] - started:.3f}",
    )
