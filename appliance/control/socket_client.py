"""A client of the control socket for commands: one request at a time, nothing to load."""

from __future__ import annotations

import json
import socket  # noqa: TID251 - the other end of the socket that this room serves
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

PREFIX = "/api/v1"


class NoBox(Exception):
    """No box answers on the socket."""


class RefusedByBox(Exception):
    """The box refuses: the status, and its errors in English."""

    def __init__(self, status: int, errors: list[dict[str, Any]]) -> None:
        messages = [
            f"{error.get('field')}: {error.get('message')}"
            if error.get("field")
            else str(error.get("message"))
            for error in errors
        ]
        super().__init__("; ".join(messages) or str(status))
        self.status = status
        self.errors = errors


class _SocketConnection(HTTPConnection):
    def __init__(self, path: Path, timeout: float) -> None:
        super().__init__("localhost", timeout=timeout)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


def call(path: Path, method: str, target: str, body: Any = None, timeout: float = 30.0) -> Any:
    """The JSON that the box answers, None when it answers nothing.

    `target` comes below /api/v1. Raises NoBox, RefusedByBox.
    """
    connection = _SocketConnection(path, timeout)
    try:
        data = None if body is None else json.dumps(body)
        connection.request(method, PREFIX + target, data, {"Content-Type": "application/json"})
        response = connection.getresponse()
        content = response.read()
    except OSError as error:
        raise NoBox(str(error)) from error
    finally:
        connection.close()
    told = json.loads(content) if content else None
    if response.status >= 400:
        raise RefusedByBox(response.status, told.get("errors", []) if isinstance(told, dict) else [])
    return told
