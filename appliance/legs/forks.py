"""Forks: the several ends that one INVITE may ring, each with sound of its own before anybody answers."""

from __future__ import annotations


class Forks:
    """What each fork of an INVITE has described, and which one is heard: the last that had news.

    A fork is named by its To tag. A description that was acknowledged by PRACK is the fork's answer for good
    (RFC 3262 5); any other may be repeated or completed by the final answer.
    """

    def __init__(self) -> None:
        self._described: dict[str, bytes] = {}
        self._settled: set[str] = set()
        self.heard: str | None = None

    def progress(self, tag: str, body: bytes, reliable: bool) -> bytes:
        """Take a provisional response; returns the description to be heard from now on, b"" for no change."""
        if not body or tag in self._settled or self._described.get(tag) == body:
            return b""
        self._described[tag] = body
        if reliable:
            self._settled.add(tag)
        self.heard = tag
        return body

    def gone(self, tag: str) -> bytes:
        """A fork has ended (RFC 6228); returns the description of the one to be heard in its place."""
        self._described.pop(tag, None)
        self._settled.discard(tag)
        if tag != self.heard:
            return b""
        self.heard = next(reversed(self._described), None)
        return self._described.get(self.heard or "", b"")

    def answered(self, tag: str, body: bytes) -> bytes:
        """The description that the final answer of a fork comes to, b"" for none."""
        known = self._described.get(tag, b"")
        return known if tag in self._settled or not body else body
