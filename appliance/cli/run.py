"""`autocom run`: the telephone system and its pages, each kept running."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass

from appliance.cli.arguments import pbx_options, web_options
from appliance.cli.supervisor import Child, Supervisor
from appliance.control.options import PbxOptions, WebOptions


@dataclass(frozen=True, slots=True)
class Greeting:
    """What is said once both processes are up."""

    pbx: PbxOptions
    web: WebOptions

    def lines(self) -> list[str]:
        """The pages' addresses, and the claim code while nobody has claimed the box."""
        said = ["Autocom runs. Its pages:", *(f"  {address}" for address in self.addresses())]
        code = self.claim_code()
        if code:
            said.append(f"Claim code, asked on the first visit: {code}")
        return said

    def addresses(self) -> list[str]:
        """Where browsers find the pages."""
        from appliance.runtime.addresses import own_addresses

        if self.web.host not in ("", "0.0.0.0", "::"):
            return [_page(self.web.host, self.web.port)]
        # 0.0.0.0 is every address of IPv4 and none of IPv6.
        reached = [host for host in own_addresses() if ":" not in host or self.web.host != "0.0.0.0"]
        return [_page(host, self.web.port) for host in (*reached, "localhost")]

    def claim_code(self) -> str:
        """The claim code; empty once the box is claimed."""
        try:
            return self.pbx.claim_code_path.read_text(encoding="utf-8").strip()
        except OSError:
            return ""


def _page(host: str, port: int) -> str:
    shown = f"[{host}]" if ":" in host else host
    return f"http://{shown}:{port}/"


def execute(options: argparse.Namespace) -> int:
    """Run both until a signal ends them."""
    pbx, web = pbx_options(options), web_options(options)
    pbx.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    greeting = Greeting(pbx, web)
    supervisor = Supervisor(
        (
            Child("pbx", pbx_command(pbx), ready=pbx.socket_path),
            Child("web", (sys.executable, "-m", "webui", *web.arguments())),
        ),
        when_ready=lambda: print("\n".join(greeting.lines()), flush=True),
    )
    return supervisor.run()


def pbx_command(options: PbxOptions) -> tuple[str, ...]:
    """The command line of the telephone system's own process."""
    words = [sys.executable, "-m", "appliance", "pbx", "--data", str(options.data)]
    words += [
        "--sip-port",
        str(options.sip_port),
        "--sip-tls-port",
        str(options.sip_tls_port),
        "--rtp",
        f"{options.rtp_first}-{options.rtp_last}",
    ]
    for address in options.sip_addresses:
        words += ["--sip-address", address]
    words += ["--socket", str(options.socket_path), "--log-level", options.log_level]
    return tuple(words)
