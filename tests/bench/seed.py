"""The office of the measurements: users 1001 to 1200, who ring when their number is dialled."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

from appliance.configuration.fields import Language
from appliance.configuration.people import Person, Phone
from appliance.configuration.ready import first_setup
from appliance.storage.configuration_store import ConfigurationStore
from appliance.storage.data_folder import DataFolder

PASSWORD = "secret-of-the-bench"
USERS = range(1001, 1201)


def seed(data: Path) -> None:
    """Write the settings of that office into a data folder."""
    configuration = first_setup("Bench", "FR", "Europe/Paris", Language.ENGLISH)
    for number in map(str, USERS):
        person = Person(id=f"u{number}", name=f"User {number}", extension=number)
        phone = Phone(
            id=f"p{number}",
            name=f"Phone {number}",
            person_id=person.id,
            sip_user=number,
            sip_password=SecretStr(PASSWORD),
        )
        configuration = configuration.with_record("people", person.id, person)
        configuration = configuration.with_record("phones", phone.id, phone)
    folder = DataFolder(data)
    folder.prepare()
    store = ConfigurationStore(data)
    store.load()
    store.save(configuration, "bench")
