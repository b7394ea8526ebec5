"""The words that `autocom` understands."""

from __future__ import annotations

import argparse
from pathlib import Path

from appliance.control.options import LONGEST_SOCKET_PATH, SOCKET_NAME, PbxOptions, WebOptions

LEVELS = ("debug", "info", "warning", "error")


def parser(data: Path) -> argparse.ArgumentParser:
    """The parser of the whole command line; `data` is the data folder when none is given."""
    top = argparse.ArgumentParser(prog="autocom", description="The phone system of a small office.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for add in (_run, _pbx, _web, _check, _explain, _backup, _restore, _demo, _selftest, _openapi):
        command = add(commands)
        if command is not None:
            command.add_argument("--data", type=Path, default=data, help="data folder (default: %(default)s)")
    return top


def _run(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("run", help="start everything: the telephone system and its pages")
    _add_pbx(command)
    _add_web(command)
    return command


def _pbx(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("pbx", help="start the telephone system alone")
    _add_pbx(command)
    return command


def _web(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("web", help="start the pages alone")
    _add_socket(command)
    _add_web(command)
    _add_level(command)
    return command


def _check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    return commands.add_parser("check", help="say whether the data folder is sound")


def _explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("explain", help="say where a call would go, and why")
    called = command.add_mutually_exclusive_group(required=True)
    called.add_argument(
        "--number", help="a number of the office: its id, its name, or the number in any form"
    )
    called.add_argument(
        "--extension", help="an extension, or what else a phone of the office dials (needs --from)"
    )
    command.add_argument("--from", dest="caller", default="", help="who calls: a number, or an extension")
    command.add_argument("--keys", default="", help="what the caller presses at each menu in turn: 1,101")
    command.add_argument(
        "--at", default="", help="when: 2026-12-25T10:00, in the office's time (default: now)"
    )
    command.add_argument(
        "--what-if",
        action="append",
        default=[],
        metavar="WHAT",
        help="suppose (may be repeated): nobody-registered, internet-down, disk-full, settings-unreadable, "
        "clock-lost, number-full, all-well, busy:PERSON, undisturbed:PERSON (by id)",
    )
    command.add_argument("--lang", choices=("fr", "en"), default=None, help="language of the reasons")
    command.add_argument("--json", action="store_true", help="print everything as JSON")
    _add_socket(command)
    return command


def _backup(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("backup", help="put everything in one archive (also while the box runs)")
    command.add_argument("file", type=Path, help="the archive to write, for example office.tar.gz")
    return command


def _restore(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser("restore", help="replace everything by an archive (the box must not run)")
    command.add_argument("file", type=Path, help="the archive to read")
    return command


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser("demo", help="show a sample office at work, in a folder of its own")
    command.add_argument("--lang", choices=("fr", "en"), default=None, help="language of the story")
    command.add_argument(
        "--keep", type=Path, default=None, metavar="FOLDER", help="keep logs and recordings there"
    )


def _selftest(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> argparse.ArgumentParser:
    command = commands.add_parser(
        "selftest", help="let an independent softphone call the running box and say what it hears"
    )
    command.add_argument(
        "--host", default="127.0.0.1", help="the box's address to call from and to (default: %(default)s)"
    )
    command.add_argument("--lang", choices=("fr", "en"), default=None, help="language of the story")
    _add_socket(command)
    return command


def _openapi(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    commands.add_parser("openapi", help="print the OpenAPI document of the API")


def _add_pbx(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--sip-port", type=_port, default=5060, help="SIP, UDP and TCP (default: %(default)s)"
    )
    command.add_argument(
        "--sip-tls-port", type=_tls_port, default=5061, help="SIP over TLS; 0: none (default: %(default)s)"
    )
    command.add_argument(
        "--sip-address",
        action="append",
        default=[],
        metavar="ADDRESS",
        help="listen for SIP on this address only; may be repeated (default: all)",
    )
    command.add_argument(
        "--rtp",
        type=_port_range,
        default=(10000, 20000),
        metavar="FIRST-LAST",
        help="audio ports (default: 10000-20000)",
    )
    _add_socket(command)
    _add_level(command)


def _add_web(command: argparse.ArgumentParser) -> None:
    command.add_argument("--host", default="0.0.0.0", help="address of the pages (default: %(default)s)")
    command.add_argument("--port", type=_port, default=8080, help="port of the pages (default: %(default)s)")


def _add_socket(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--socket",
        type=_socket_path,
        default=None,
        help=f"control socket (default: {SOCKET_NAME} in the data folder)",
    )


def _add_level(command: argparse.ArgumentParser) -> None:
    command.add_argument("--log-level", choices=LEVELS, default="info", help="(default: %(default)s)")


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 65535:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a port (1 to 65535)")


def _tls_port(text: str) -> int:
    return 0 if text == "0" else _port(text)


def _port_range(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    low, high = _port(first), _port(last)
    # A call takes four ports: RTP and RTCP on each side.
    if high - low < 3:
        raise argparse.ArgumentTypeError(f"{text!r} holds too few ports for a call")
    return low, high


def _socket_path(text: str) -> Path:
    if len(text.encode()) > LONGEST_SOCKET_PATH:
        raise argparse.ArgumentTypeError(f"the path of a socket has {LONGEST_SOCKET_PATH} bytes at most")
    return Path(text)


def pbx_options(options: argparse.Namespace) -> PbxOptions:
    """The options of `run` and `pbx`, for the telephone system."""
    first, last = options.rtp
    return PbxOptions(
        data=options.data.absolute(),
        sip_port=options.sip_port,
        sip_tls_port=options.sip_tls_port,
        sip_addresses=tuple(options.sip_address),
        rtp_first=first,
        rtp_last=last,
        control_socket=options.socket.absolute() if options.socket else None,
        log_level=options.log_level,
    )


def web_options(options: argparse.Namespace) -> WebOptions:
    """The options of `run` and `web`, for the pages."""
    data = options.data.absolute()
    socket = (options.socket or data / SOCKET_NAME).absolute()
    return WebOptions(data, socket, options.host, options.port, options.log_level)
