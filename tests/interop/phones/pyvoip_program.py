"""The program that PyVoipPhone runs on its host: one pyVoIP phone, a JSON line per command and event."""

from __future__ import annotations

import json
import os
import sys
import threading
import wave
from typing import Any

from pyVoIP.VoIP import CallState, VoIPCall, VoIPPhone

_FRAME = 160


def tell(event: str, detail: str = "") -> None:
    print(json.dumps([event, detail]), flush=True)


class Program:
    """One phone with at most one call."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.mouth: str = settings["mouth"]
        self.ear = ""
        self.call: VoIPCall | None = None
        self.phone = VoIPPhone(
            settings["server"],
            settings["server_port"],
            settings["user"],
            settings["password"],
            callCallback=self.called,
            myIP=settings["address"],
            sipPort=settings["sip_port"],
            rtpPortLow=settings["rtp_port"],
            rtpPortHigh=settings["rtp_port"] + 100,
        )

    def called(self, call: VoIPCall) -> None:
        self.call = call
        tell("incoming", str(call.request.headers["From"].get("number", "")))

    def command(self, word: str, parameter: str) -> None:
        if word == "register":
            self.phone.start()
            tell("registered")
        elif word == "ear":
            self.ear = parameter
        elif word == "call":
            self.call = self.phone.call(parameter)
            threading.Thread(target=self.follow, daemon=True).start()
        elif word == "answer" and self.call is not None:
            self.call.answer()
            threading.Thread(target=self.follow, daemon=True).start()
        elif word == "refuse" and self.call is not None:
            self.call.deny()
        elif word == "hang_up" and self.call is not None:
            self.call.hangup()
        elif word == "quit":
            self.phone.stop()

    def follow(self) -> None:
        """Speak and listen from the answer to the end of the call; each read takes the time of its frame."""
        call, path = self.call, self.ear
        assert call is not None
        pause = threading.Event()
        while call.state in (CallState.DIALING, CallState.RINGING):
            pause.wait(0.02)
        if call.state != CallState.ANSWERED:
            tell("ended", call.state.name)
            return
        tell("connected")
        with wave.open(self.mouth, "rb") as mouth:
            call.write_audio(mouth.readframes(mouth.getnframes()))
        with wave.open(f"{path}.part", "wb") as ear:
            ear.setparams((1, 1, 8000, 0, "NONE", ""))
            while call.state == CallState.ANSWERED:
                ear.writeframesraw(call.read_audio(_FRAME, blocking=True))
                if digit := call.get_dtmf():
                    tell("digit", digit)
        os.replace(f"{path}.part", path)
        tell("ended", call.state.name)


def main() -> None:
    program = Program(json.loads(sys.argv[1]))
    tell("ready")
    for line in sys.stdin:
        word, parameter = json.loads(line)
        try:
            program.command(word, parameter)
        except Exception as error:  # the phone's own complaint is what the test wants to read
            tell("error", f"{type(error).__name__}: {error}")
        if word == "quit":
            return


if __name__ == "__main__":
    main()
