"""The leg of somebody for whom the box places a call: dialled by us, then the caller's leg of that call."""

from __future__ import annotations

from appliance.legs.leg import Leg
from appliance.legs.outgoing import OutgoingLeg


class OriginatedLeg(OutgoingLeg):
    """A leg that we dial and that, once it has answered, is the caller's: it hears tones at once."""

    @property
    def answered(self) -> bool:
        """It has, when the call starts."""
        return True

    def ring(self) -> None:
        """Nothing to send: ringing is heard as a tone."""

    def open_audio(self) -> None:
        """The audio is open already."""

    def open_early(self, callee: Leg) -> None:
        """The audio is open already."""

    def answer(self, callee: Leg | None = None) -> None:
        """It has answered already."""

    def refuse(self, status: int) -> None:
        """Hang up."""
        if self.session is not None:
            self._around.signalling.hang_up(self.session)

    def hang_up(self) -> None:
        """Hang up; the story ends."""
        self.refuse(480)
