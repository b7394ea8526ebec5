"""Subscriptions: who wants to be told of what, until when (RFC 6665, the notifier's side)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from appliance.sip.dialog import Dialog, default_contact
from appliance.sip.errors import SipSyntaxError
from appliance.sip.flow import Flow
from appliance.sip.headers import parse_name_addr
from appliance.sip.lamps import CONTENT_TYPES, PACKAGES
from appliance.sip.matching import dialog_key
from appliance.sip.message import Request, Response, make_response
from appliance.sip.uri import Uri

DEFAULT_SECONDS, LEAST_SECONDS, MOST_SECONDS = 3600, 30, 7200
MOST_OF_A_USER = 200
# A restart forgets the numbers given since the last save: it goes on well above them.
LEAP = 100_000

Key = tuple[str, str, str]


@dataclass(slots=True)
class Subscription:
    """One watcher of one thing: `resource` is the user part that was asked for, `watcher` who asked.

    `version` counts the documents sent; `told` is the last state that was sent.
    """

    dialog: Dialog
    watcher: str
    resource: str
    package: str
    event_id: str
    expires_at: float
    version: int = 0
    told: object = None

    @property
    def key(self) -> Key:
        """Call-ID, our tag, the watcher's tag."""
        return self.dialog.key


@dataclass(frozen=True, slots=True)
class Subscribed:
    """What a SUBSCRIBE came to: its response, and the subscription that is to be told now, if any."""

    response: Response
    subscription: Subscription | None = None
    is_over: bool = False


@dataclass(slots=True)
class Subscriptions:
    """All subscriptions, by dialog. Times are seconds on one clock."""

    kept: dict[Key, Subscription] = field(default_factory=dict)

    def subscribe(
        self, request: Request, watcher: str, flow: Flow, tag: str, now: float, *, known: bool
    ) -> Subscribed:
        """Take a SUBSCRIBE of an authenticated user; `known`: whether there is what it asks for."""
        package, event_id = _event(request)
        if package not in PACKAGES:
            allowed = ("Allow-Events", ", ".join(PACKAGES))
            return Subscribed(make_response(request, 489, headers=[allowed]))
        seconds = DEFAULT_SECONDS if request.expires is None else min(request.expires, MOST_SECONDS)
        if 0 < seconds < LEAST_SECONDS:
            return Subscribed(make_response(request, 423, headers=[("Min-Expires", str(LEAST_SECONDS))]))
        if request.to.tag is not None:
            return self._refresh(request, watcher, flow, seconds, now)
        if not known:
            return Subscribed(make_response(request, 404, to_tag=tag))
        if sum(one.watcher == watcher for one in self.kept.values()) >= MOST_OF_A_USER:
            return Subscribed(make_response(request, 503, to_tag=tag))
        dialog = Dialog.of_callee(request, tag, default_contact(request, flow), flow)
        made = Subscription(dialog, watcher, request.uri.user or "", package, event_id, now + seconds)
        if seconds:
            self.kept[made.key] = made
        return self._accepted(request, made, seconds, tag)

    def _refresh(self, request: Request, watcher: str, flow: Flow, seconds: int, now: float) -> Subscribed:
        found = self.kept.get(dialog_key(request, from_peer_request=True))
        if found is None or found.watcher != watcher:
            return Subscribed(make_response(request, 481))
        if not found.dialog.in_order(request):
            return Subscribed(make_response(request, 500))
        found.dialog.refresh(request)
        found.dialog.flow = flow
        found.expires_at = now + seconds
        if not seconds:
            del self.kept[found.key]
        return self._accepted(request, found, seconds, None)

    def _accepted(self, request: Request, made: Subscription, seconds: int, tag: str | None) -> Subscribed:
        headers = [("Expires", str(seconds)), ("Contact", f"<{made.dialog.contact}>")]
        response = make_response(request, 200, to_tag=tag, headers=headers)
        return Subscribed(response, made, is_over=not seconds)

    def notify(self, subscription: Subscription, body: bytes, now: float, *, reason: str = "") -> Request:
        """The NOTIFY that tells a state; with a `reason` it is the last one."""
        subscription.version += 1
        left = max(0, round(subscription.expires_at - now))
        state = f"terminated;reason={reason}" if reason else f"active;expires={left}"
        event = subscription.package + (f";id={subscription.event_id}" if subscription.event_id else "")
        headers = [("Event", event), ("Subscription-State", state)]
        if body:
            headers.append(("Content-Type", CONTENT_TYPES[subscription.package]))
        return subscription.dialog.request("NOTIFY", headers=headers, body=body)

    def forget(self, subscription: Subscription) -> None:
        """The watcher is gone."""
        self.kept.pop(subscription.key, None)

    def expire(self, now: float) -> list[Subscription]:
        """Take out those whose time is over, to tell them so."""
        over = [one for one in self.kept.values() if one.expires_at <= now]
        for one in over:
            del self.kept[one.key]
        return over


def _event(request: Request) -> tuple[str, str]:
    value = request.headers.get("Event") or ""
    package, _, rest = value.partition(";")
    params = dict(pair.strip().partition("=")[::2] for pair in rest.split(";"))
    return package.strip().lower(), params.get("id", "")[:64]


def record_of(subscription: Subscription, now: float) -> dict[str, Any]:
    """A subscription as the disk keeps it; `left` in seconds."""
    dialog = subscription.dialog
    flow = dialog.flow
    return {
        "key": list(dialog.key),
        "local": str(dialog.local),
        "remote": str(dialog.remote),
        "contact": str(dialog.contact),
        "target": str(dialog.remote_target),
        "routes": [str(route) for route in dialog.route_set],
        "cseq": [dialog.local_cseq, dialog.remote_cseq],
        "flow": [flow.transport, list(flow.local), list(flow.remote)],
        "watcher": subscription.watcher,
        "resource": subscription.resource,
        "package": subscription.package,
        "event_id": subscription.event_id,
        "version": subscription.version,
        "left": subscription.expires_at - now,
    }


def subscription_of(record: Mapping[str, Any], now: float) -> Subscription | None:
    """A subscription from the disk; None when it can't be read. Its numbers go on above those given since."""
    try:
        transport, local, remote = record["flow"]
        sent, received = record["cseq"]
        call_id, our_tag, their_tag = record["key"]
        dialog = Dialog(
            key=(call_id, our_tag, their_tag),
            local=parse_name_addr(record["local"]),
            remote=parse_name_addr(record["remote"]),
            contact=Uri.parse(record["contact"]),
            remote_target=Uri.parse(record["target"]),
            route_set=tuple(parse_name_addr(route) for route in record["routes"]),
            local_cseq=sent + LEAP,
            remote_cseq=received,
            flow=Flow(transport, (local[0], local[1]), (remote[0], remote[1])),
        )
        return Subscription(
            dialog,
            record["watcher"],
            record["resource"],
            record["package"],
            record["event_id"],
            now + record["left"],
            record["version"] + LEAP,
        )
    except (KeyError, TypeError, ValueError, SipSyntaxError):
        return None
