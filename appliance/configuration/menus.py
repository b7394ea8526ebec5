"""Menus: what callers are asked, and where each key leads (MENU-1, MENU-4)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from appliance.configuration.destinations import Destination
from appliance.configuration.fields import Extension, Identifier, Language, Name, Record
from appliance.configuration.voicemail import Greeting

Key = Literal["1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "*", "#"]
ShortName = Annotated[Name, Field(max_length=60)]


class MenuOption(Record):
    """A key, what it is for, and where it leads.

    `destination` None goes on with what follows the menu: the next step of the route, or the mailbox of
    whoever was called.
    """

    key: Key
    name: ShortName
    destination: Destination | None = None


class Menu(Record):
    """A choice by key: the prompt is said in the caller's language, up to `repeats` times more.

    A language without a prompt of its own hears the options' names and keys, unless another language has one.
    `when_wrong`, `when_silent`: where the call goes after the last wrong key, or when no key comes; None goes
    on with what follows the menu. `direct_dial`: a person's extension may be dialled instead of a key.
    """

    id: Identifier
    name: Name
    extension: Extension | None = None
    prompts: dict[Language, Greeting] = Field(default_factory=dict)
    options: Annotated[tuple[MenuOption, ...], Field(min_length=1, max_length=12)]
    repeats: Annotated[int, Field(ge=0, le=5)] = 2
    wait_seconds: Annotated[int, Field(ge=2, le=30)] = 5
    when_wrong: Destination | None = None
    when_silent: Destination | None = None
    direct_dial: bool = False
