"""Diagnosis: the SIP messages of a call, as a list or as a capture, and the archive for support."""

from __future__ import annotations

import io
import json
import platform
import shutil
import sys
import zipfile
from collections.abc import Mapping
from dataclasses import fields
from functools import partial
from typing import Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Record
from appliance.control.bodies import answer
from appliance.control.box import Box
from appliance.control.errors import not_found
from appliance.control.representation import plain, shown
from appliance.control.routes import Access, Route, box_of
from appliance.sip.capture import capture
from appliance.sip.tracing import TracedMessage

CAPTURE_TYPE = "application/vnd.tcpdump.pcap"
ARCHIVE_TYPE = "application/zip"
CALLS_IN_ARCHIVE = 50


class SipMessage(BaseModel):
    """One SIP message of a call; `local` is our end of it. Proofs of passwords and keys are covered."""

    model_config = ConfigDict(frozen=True)

    at: float
    sent: bool
    transport: str
    local: tuple[str, int]
    remote: tuple[str, int]
    text: str


class SipMessages(BaseModel):
    """The messages of a call in their order; empty when they are no longer kept."""

    messages: tuple[SipMessage, ...] = ()


def _listed(messages: list[TracedMessage]) -> SipMessages:
    return SipMessages(
        messages=tuple(
            SipMessage(
                at=message.at,
                sent=message.sent,
                transport=message.transport,
                local=message.local,
                remote=message.remote,
                text=message.data.decode("utf-8", "replace"),
            )
            for message in messages
        )
    )


async def _messages(request: web.Request) -> list[TracedMessage]:
    box, call = box_of(request), request.match_info["id"]
    if await box.history.get(call) is None:
        raise not_found()
    return await box.ladder(call)


async def read_messages(request: web.Request) -> web.Response:
    """The SIP messages of a call."""
    return answer(_listed(await _messages(request)))


async def read_capture(request: web.Request) -> web.Response:
    """The same, as a file for network analysers."""
    return _attached(capture(await _messages(request)), CAPTURE_TYPE, f"{request.match_info['id']}.pcap")


def _attached(body: bytes, kind: str, name: str) -> web.Response:
    disposition = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return web.Response(body=body, content_type=kind, headers=disposition)


async def read_support(request: web.Request) -> web.Response:
    """For support: settings without secrets, live state, log, the last calls and their messages."""
    box = box_of(request)
    page = await box.history.list(page_size=CALLS_IN_ARCHIVE)
    files: dict[str, Any] = {
        "system.json": await box.in_thread(partial(_system, box)),
        "settings.json": settings_without_secrets(box),
        "state.json": plain(box.live()),
        "calls.json": [plain(record) for record in page.records],
    }
    ladders = {record.id: await box.ladder(record.id) for record in page.records}
    log = "\n".join(box.log_lines())

    def pack() -> bytes:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in files.items():
                archive.writestr(name, json.dumps(content, ensure_ascii=False, indent=1))
            archive.writestr("log.txt", log)
            for call, messages in ladders.items():
                if messages:
                    archive.writestr(f"messages/{call}.pcap", capture(messages))
        return packed.getvalue()

    body = await box.in_thread(pack)
    return _attached(body, ARCHIVE_TYPE, f"autocom-support-{box.now():%Y-%m-%d-%H%M}.zip")


def settings_without_secrets(box: Box) -> dict[str, Any]:
    """Every record as the API shows it: of a secret, only whether it is set.

    The private address of a calendar is a secret too, though those who set it may read it.
    """
    found: dict[str, Any] = {"version": box.version}
    settings = _without_private_addresses(box.configuration)
    for part in fields(settings):
        value = getattr(settings, part.name)
        if isinstance(value, Record):
            found[part.name] = shown(value)
        elif isinstance(value, Mapping):
            found[part.name] = {key: _shown(item) for key, item in value.items()}
        else:
            found[part.name] = plain(value)
    return found


def _without_private_addresses(configuration: Configuration) -> Configuration:
    for identifier, calendar in configuration.calendars.items():
        feeds = tuple(feed.model_copy(update={"url": feed.place}) for feed in calendar.feeds)
        covered = calendar.model_copy(update={"feeds": feeds})
        configuration = configuration.with_record("calendars", identifier, covered)
    return configuration


def _shown(item: Any) -> Any:
    return shown(item) if isinstance(item, Record) else plain(item)


def _system(box: Box) -> dict[str, Any]:
    disk = shutil.disk_usage(box.data)
    return {
        "python": sys.version,
        "system": platform.platform(),
        "machine": platform.machine(),
        "disk": {"total": disk.total, "free": disk.free},
        "now": box.now().isoformat(),
        "settings_version": box.version,
    }


ROUTES = (
    Route(
        "GET",
        "/history/{id}/messages",
        read_messages,
        Access.ADMINISTRATOR,
        "The SIP messages of a call",
        "history",
        gives=SipMessages,
    ),
    Route(
        "GET",
        "/history/{id}/capture",
        read_capture,
        Access.ADMINISTRATOR,
        "The SIP messages of a call, for a network analyser",
        "history",
        gives_type=CAPTURE_TYPE,
    ),
    Route(
        "GET",
        "/support",
        read_support,
        Access.ADMINISTRATOR,
        "An archive for support, without secrets",
        "archive",
        gives_type=ARCHIVE_TYPE,
    ),
)
