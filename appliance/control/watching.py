"""What goes on now, and what happens next: the live state and the event stream."""

from __future__ import annotations

import asyncio
import json
from datetime import datetime

from aiohttp import web
from pydantic import BaseModel

from appliance.configuration.fields import DeviceKind, HoursState
from appliance.configuration.voicemail import MailboxOwner
from appliance.control.bodies import answer
from appliance.control.box import Box
from appliance.control.doors import identify
from appliance.control.events import Event, HubClosed, Subscription
from appliance.control.live import Live
from appliance.control.own import heard_mailboxes
from appliance.control.routes import Access, Identity, Route, box_of, identity_of
from appliance.routing.plan import Plan
from appliance.storage.messages import MailboxCount

# Proxies and browsers give a silent stream up after a while.
HEARTBEAT_SECONDS = 15.0
RECONNECT_MILLISECONDS = 2000


class HoursNow(BaseModel):
    """How a calendar stands, by which special day or holiday, and when (epoch seconds) it changes next."""

    state: HoursState
    name: str = ""
    until: float | None = None


class State(Live):
    """Everything that goes on, with the version of the settings and the box's clock (epoch seconds, ISO
    8601). `mail_trouble` is why e-mails wait, a code of mail.errors, "" where nothing is in their way.
    """

    version: int
    now: float
    local_time: str
    last_event_id: int
    calendars: dict[str, HoursNow]
    mailboxes: dict[str, MailboxCount]
    mails_waiting: int
    mail_trouble: str = ""


class Entry(BaseModel):
    """A name in the directory."""

    id: str
    name: str
    extension: str | None = None
    number: str | None = None
    kind: DeviceKind | None = None
    owner: MailboxOwner | None = None


class Directory(BaseModel):
    """The names that the live state and the history speak of by id."""

    people: tuple[Entry, ...]
    groups: tuple[Entry, ...]
    menus: tuple[Entry, ...]
    phones: tuple[Entry, ...]
    numbers: tuple[Entry, ...]
    lines: tuple[Entry, ...]
    mailboxes: tuple[Entry, ...]


async def read_state(request: web.Request) -> web.Response:
    """Everything that goes on now."""
    box, who = box_of(request), identity_of(request)
    live, now = box.live(), box.now()
    waiting = await box.mail_queue.waiting() if who.is_administrator else 0
    state = State(
        **{name: getattr(live, name) for name in Live.model_fields},
        version=box.version,
        now=box.epoch(),
        local_time=now.isoformat(timespec="seconds"),
        last_event_id=box.events.last_id,
        calendars=_hours_now(box.plan, now),
        mailboxes=await _counts(box, who),
        mails_waiting=waiting,
        mail_trouble=await box.mail_queue.trouble() if waiting else "",
    )
    return answer(state)


def _hours_now(plan: Plan, now: datetime) -> dict[str, HoursNow]:
    result = {}
    for hours in plan.hours:
        found = hours.at(now)
        until = found.until.replace(tzinfo=now.tzinfo).timestamp() if found.until else None
        result[hours.calendar.id] = HoursNow(state=found.state, name=found.name, until=until)
    return result


async def _counts(box: Box, who: Identity) -> dict[str, MailboxCount]:
    counts = await box.messages.counts()
    if who.is_administrator:
        return counts
    nothing = MailboxCount(total=0, unheard=0)
    heard = heard_mailboxes(box.configuration, who.person_id or "")
    return {identifier: counts.get(identifier, nothing) for identifier in sorted(heard)}


async def read_directory(request: web.Request) -> web.Response:
    """The names of everything that is spoken of by id."""
    settings = box_of(request).configuration
    return answer(
        Directory(
            people=tuple(
                Entry(id=one.id, name=one.name, extension=one.extension) for one in settings.people.values()
            ),
            groups=tuple(
                Entry(id=one.id, name=one.name, extension=one.extension) for one in settings.groups.values()
            ),
            menus=tuple(
                Entry(id=one.id, name=one.name, extension=one.extension) for one in settings.menus.values()
            ),
            phones=tuple(Entry(id=one.id, name=one.name, kind=one.kind) for one in settings.phones.values()),
            numbers=tuple(
                Entry(id=one.id, name=one.name, number=one.number) for one in settings.numbers.values()
            ),
            lines=tuple(Entry(id=one.id, name=one.name) for one in settings.lines.values()),
            mailboxes=tuple(
                Entry(id=one.id, name=one.name, owner=one.owner) for one in settings.mailboxes.values()
            ),
        )
    )


async def stream_events(request: web.Request) -> web.StreamResponse:
    """What happens, as server-sent events: `event` is the kind, `data` a JSON object, `id` for Last-
    Event-ID.
    """
    response = web.StreamResponse(headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})
    response.content_type = "text/event-stream"
    await response.prepare(request)
    after = _last_event_id(request)
    with box_of(request).events.subscribe(after) as subscription:
        chunk = f"retry: {RECONNECT_MILLISECONDS}\n\n".encode()
        try:
            while chunk:
                await response.write(chunk)
                chunk = await _next_chunk(subscription, request)
        except ConnectionResetError:
            pass  # The page was closed: nobody is left to tell.
    return response


async def _next_chunk(subscription: Subscription, request: web.Request) -> bytes:
    """The next event; a comment when nothing has happened for a while; nothing when the stream is over."""
    try:
        async with asyncio.timeout(HEARTBEAT_SECONDS):
            return encoded(await subscription.next())
    except HubClosed:
        return b""
    except TimeoutError:
        # Whoever has signed out meanwhile is told nothing more.
        return b": still here\n\n" if await identify(request) else b""


def encoded(event: Event) -> bytes:
    """An event as it goes over the stream."""
    data = json.dumps(event.data, ensure_ascii=False, separators=(",", ":"))
    return f"id: {event.id}\nevent: {event.kind}\ndata: {data}\n\n".encode()


def _last_event_id(request: web.Request) -> int | None:
    text = request.headers.get("Last-Event-ID", "") or request.query.get("after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 20 else None


TAG = "live"

ROUTES = (
    Route("GET", "/state", read_state, Access.SIGNED_IN, "Everything that goes on now", TAG, gives=State),
    Route("GET", "/directory", read_directory, Access.SIGNED_IN, "Names by id", TAG, gives=Directory),
    Route(
        "GET",
        "/events",
        stream_events,
        Access.SIGNED_IN,
        "What happens, as server-sent events",
        TAG,
        gives_type="text/event-stream",
        query={"after": "the id of the last event seen, as the header Last-Event-ID"},
    ),
)
