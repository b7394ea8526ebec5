"""Starting points: ready routes of a number, laid out with the menu and the mailbox they need (IN-1, IN-2).

What is laid out is a route as any other, which the staff then edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import (
    Destination,
    Route,
    RouteStep,
    ToExternal,
    ToGroup,
    ToMailbox,
    ToMenu,
    ToPerson,
)
from appliance.configuration.fields import HoursState, Language
from appliance.configuration.lines import Number
from appliance.configuration.menus import Menu, MenuOption
from appliance.configuration.voicemail import Mailbox, MailboxOwner

MENU_AFTER_SECONDS = 15
# The keys of a menu laid out: the others are the staff's to give.
KEYS = "12345678"

_NAMES = {
    Language.FRENCH: ("Menu de {name}", "Messagerie de {name}"),
    Language.ENGLISH: ("Menu of {name}", "Mailbox of {name}"),
}


class StartingPoint(StrEnum):
    """A ready behaviour; each ends in voicemail."""

    MENU = "menu"
    TRANSFER = "transfer"
    TRANSFER_THEN_MENU = "transfer_then_menu"
    MENU_THEN_PERSON = "menu_then_person"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who rings first, and the number outside that is rung after them."""

    who: ToPerson | ToGroup | None
    backup: str | None


def usual(configuration: Configuration, number: Number | None) -> Chosen:
    """Who would ring first where nobody is named, and the backup number known for it; None: a number to come.

    The person responsible for the number, else the first ring group, else the first person.
    """
    office = configuration.office
    owner = configuration.people.get(number.owner_id or "") if number else None
    who: ToPerson | ToGroup | None = ToPerson(person_id=owner.id) if owner else None
    for group in configuration.groups:
        who = who or ToGroup(group_id=group)
    for person in configuration.people:
        who = who or ToPerson(person_id=person)
    backup = (number.backup_number if number else None) or (office.backup_number if office else None)
    if backup is None and isinstance(who, ToPerson):
        backup = configuration.people[who.person_id].mobile
    return Chosen(who, backup)


def menu_options(configuration: Configuration) -> tuple[MenuOption, ...]:
    """The choices of a menu that is laid out: the ring groups, else the people."""
    found: Iterator[tuple[str, Destination]]
    if configuration.groups:
        found = ((each.name, ToGroup(group_id=each.id)) for each in configuration.groups.values())
    else:
        found = ((each.name, ToPerson(person_id=each.id)) for each in configuration.people.values())
    return tuple(
        MenuOption(key=key, name=name[:60], destination=destination)
        for key, (name, destination) in zip(KEYS, found, strict=False)
    )


def lay_out(
    configuration: Configuration, number: Number, kind: StartingPoint, chosen: Chosen, token: str
) -> Configuration:
    """The configuration with the number's route of open hours laid out anew, and what that needs.

    The number may be one that the configuration has not yet, without a route of open hours.
    `chosen` names who rings where the kind rings somebody, and a backup number where it rings one. `token`
    makes the ids of what is made. A menu that the route leads to already is kept.
    """
    steps: list[RouteStep] = []
    if kind in (StartingPoint.TRANSFER, StartingPoint.TRANSFER_THEN_MENU):
        wait = MENU_AFTER_SECONDS if kind is StartingPoint.TRANSFER_THEN_MENU else None
        steps.append(RouteStep(destination=_named(chosen), max_wait=wait))
    if kind is not StartingPoint.TRANSFER:
        configuration, menu = _with_menu(configuration, number, token)
        steps.append(RouteStep(destination=menu))
    if kind is StartingPoint.MENU_THEN_PERSON:
        assert chosen.backup is not None
        steps.append(RouteStep(destination=_named(chosen)))
        steps.append(RouteStep(destination=ToExternal(number=chosen.backup)))
    configuration, mailbox = _with_mailbox(configuration, number, token)
    steps.append(RouteStep(destination=mailbox))
    routes = {**number.routes, HoursState.OPEN: Route(steps=tuple(steps))}
    return configuration.with_record("numbers", number.id, number.model_copy(update={"routes": routes}))


def _named(chosen: Chosen) -> ToPerson | ToGroup:
    assert chosen.who is not None
    return chosen.who


def _with_menu(configuration: Configuration, number: Number, token: str) -> tuple[Configuration, ToMenu]:
    route = number.routes.get(HoursState.OPEN)
    for step in route.steps if route else ():
        if isinstance(step.destination, ToMenu):
            return configuration, step.destination
    name = _name(configuration, number, 0)
    menu = Menu(id=f"menu-{token}", name=name, options=menu_options(configuration))
    return configuration.with_record("menus", menu.id, menu), ToMenu(menu_id=menu.id)


def _with_mailbox(
    configuration: Configuration, number: Number, token: str
) -> tuple[Configuration, ToMailbox]:
    """The number's own mailbox, else the office's, else one made for the number."""
    usable = [each for each in configuration.mailboxes.values() if each.enabled]
    for each in usable:
        if each.owner is MailboxOwner.NUMBER and each.owner_id == number.id:
            return configuration, ToMailbox(mailbox_id=each.id)
    for each in usable:
        if each.owner is MailboxOwner.OFFICE:
            return configuration, ToMailbox(mailbox_id=each.id)
    name = _name(configuration, number, 1)
    made = Mailbox(id=f"mailbox-{token}", name=name, owner=MailboxOwner.OFFICE)
    return configuration.with_record("mailboxes", made.id, made), ToMailbox(mailbox_id=made.id)


def _name(configuration: Configuration, number: Number, which: int) -> str:
    office = configuration.office
    language = office.language if office else Language.FRENCH
    return _NAMES[language][which].format(name=number.name)[:100]
