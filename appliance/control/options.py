"""What a process is started with: folders, ports, addresses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

SOCKET_NAME = "control.sock"
SIP_SOCKET_NAME = "sip.sock"
CLAIM_CODE_NAME = "claim-code"

# The telephone system ends with this status to be started again at once: it has a restored archive to put
# in place.
RESTART_STATUS = 75

# sockaddr_un has room for 108 bytes, the last of them zero.
LONGEST_SOCKET_PATH = 107


@dataclass(frozen=True, slots=True)
class PbxOptions:
    """How `autocom pbx` is started.

    `sip_addresses` empty: every address of the machine. `rtp_first` and `rtp_last` bound the audio ports,
    both
    included. `sip_tls_port` 0: no SIP over TLS. `control_socket` None: `control.sock` in the data folder.
    """

    data: Path
    sip_port: int = 5060
    sip_addresses: tuple[str, ...] = ()
    rtp_first: int = 10000
    rtp_last: int = 20000
    control_socket: Path | None = None
    log_level: str = "info"
    sip_tls_port: int = 5061

    @property
    def socket_path(self) -> Path:
        """The Unix socket the API is served on."""
        return self.control_socket or self.data / SOCKET_NAME

    @property
    def sip_socket_path(self) -> Path:
        """The Unix socket beside it, by which the web process passes browser phones on."""
        return self.socket_path.with_name(SIP_SOCKET_NAME)

    @property
    def claim_code_path(self) -> Path:
        """The file (mode 0600) that holds the claim code until the box is claimed."""
        return self.data / CLAIM_CODE_NAME


@dataclass(frozen=True, slots=True)
class WebOptions:
    """How `autocom web` is started; `host` empty listens on every address."""

    data: Path
    socket: Path
    host: str = "0.0.0.0"
    port: int = 8080
    log_level: str = "info"

    def arguments(self) -> tuple[str, ...]:
        """The words that follow `python -m webui`."""
        return (
            *("--socket", str(self.socket)),
            *("--host", self.host),
            *("--port", str(self.port)),
            *("--data", str(self.data)),
        )
