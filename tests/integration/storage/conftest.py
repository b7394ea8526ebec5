"""What tests of storage share: a data folder, its database, recordings, settings with mailboxes."""

from __future__ import annotations

import itertools
import math
import struct
import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest

from appliance.configuration.configuration import Configuration
from appliance.configuration.voicemail import Mailbox
from appliance.storage.data_folder import DataFolder
from appliance.storage.database import Database
from appliance.storage.messages import MessageStore


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    prepared = DataFolder(tmp_path / "data")
    prepared.prepare()
    return prepared


@pytest.fixture
def database(folder: DataFolder) -> Iterator[Database]:
    opened = Database(folder.database, pause=0.0)
    yield opened
    opened.close()


@pytest.fixture
def tokens() -> Callable[[], str]:
    numbers = itertools.count(1)
    return lambda: f"token{next(numbers)}"


@pytest.fixture
def configuration() -> Configuration:
    mailboxes = {
        "office": Mailbox(id="office", name="Accueil", emails=("accueil@example.org",)),
        "quiet": Mailbox(id="quiet", name="Atelier", keep_days=7),
    }
    return Configuration(mailboxes=MappingProxyType(mailboxes))


@pytest.fixture
def messages(
    database: Database, folder: DataFolder, tokens: Callable[[], str], configuration: Configuration
) -> MessageStore:
    return MessageStore(database, folder.messages, tokens, lambda: configuration)


def record_tone(path: Path, seconds: float = 2.0) -> None:
    """A recorder that ended well: a 440 Hz tone, 8 kHz, mono, 16 bits."""
    samples = (round(8000 * math.sin(2 * math.pi * 440 * n / 8000)) for n in range(int(8000 * seconds)))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"".join(struct.pack("<h", sample) for sample in samples))


@pytest.fixture
def record() -> Callable[..., None]:
    return record_tone
