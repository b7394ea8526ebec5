"""An office of three for tests of a whole box: its records, made without the API."""

from __future__ import annotations

from appliance.configuration.configuration import Configuration
from appliance.configuration.destinations import Route, RouteStep, ToGroup, ToMailbox
from appliance.configuration.fields import HoursState
from appliance.configuration.lines import Number, SipTrunk
from appliance.configuration.office import Office
from appliance.configuration.outbound import Limits, Outbound
from appliance.configuration.people import Member, Person, Phone, RingGroup
from appliance.configuration.voicemail import Greeting, Mailbox

PASSWORD = "correct-horse-77"
NUMBER = "+33199001234"
OUTSIDER = "+33639981234"
PROVIDER_HOST = "127.0.0.9"
PEOPLE = (("alice", "101"), ("bruno", "102"), ("chloe", "103"))


def office_of_three(provider_port: int = 5999) -> Configuration:
    """Alice, Bruno and Chloé, one phone each; a trusted trunk whose number rings them all, then records."""
    # Tests run at night as well.
    outbound = Outbound(limits=Limits(night=None))
    settings = Configuration(office=Office(name="Cabinet Lumière"), outbound=outbound)
    for name, extension in PEOPLE:
        person = Person(id=name, name=name.title(), extension=extension, ring_seconds=60)
        phone = Phone(id=f"{name}-desk", name=name, person_id=name, sip_user=extension, sip_password=PASSWORD)
        settings = settings.with_record("people", name, person).with_record("phones", phone.id, phone)
    trunk = SipTrunk(
        id="trunk",
        name="Opérateur",
        mode="trusted",
        server=PROVIDER_HOST,
        port=provider_port,
        transport="udp",
        trusted_addresses=(PROVIDER_HOST,),
        main_number_id="main",
        probe_seconds=0,
    )
    mailbox = Mailbox(id="office", name="Messages", greetings={HoursState.OPEN: Greeting(text="Oui ?")})
    group = RingGroup(
        id="all", name="Accueil", max_wait=60, members=tuple(Member(person_id=name) for name, _ in PEOPLE)
    )
    route = Route(
        steps=(
            RouteStep(destination=ToGroup(group_id="all")),
            RouteStep(destination=ToMailbox(mailbox_id="office")),
        )
    )
    number = Number(
        id="main", name="Standard", number=NUMBER, line_id="trunk", routes={HoursState.OPEN: route}
    )
    for collection, record in (
        ("lines", trunk),
        ("mailboxes", mailbox),
        ("groups", group),
        ("numbers", number),
    ):
        settings = settings.with_record(collection, record.id, record)
    return settings
