"""E-mails about alerts: emergency calls, calls barred, numbers not known; tried until they are taken."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from appliance.configuration.configuration import Configuration
from appliance.configuration.fields import Language
from appliance.configuration.office import Role
from appliance.mail.deliver import next_try
from appliance.mail.errors import MailError
from appliance.routing.limits import BARRED
from appliance.storage.alerts import Alert, Alerts
from appliance.storage.database import Database
from appliance.zones import zone

if TYPE_CHECKING:
    from appliance.mail.compose import Notice

log = logging.getLogger(__name__)

_BARRED = {
    Language.FRENCH: (
        "Appel interdit vers {number} : {who}",
        "{who} a voulu appeler le {number}, que les limites des appels vers l'extérieur interdisent. "
        "Si personne ne l'a voulu, changez le mot de passe de ce téléphone : il est peut-être volé.",
    ),
    Language.ENGLISH: (
        "Barred call to {number}: {who}",
        "{who} tried to call {number}, which the limits of calls to the outside bar. "
        "If nobody meant to, change that phone's password: it may have been stolen.",
    ),
}
# The subject and the text of each alert; `who` called `number`.
TEXTS: Mapping[str, Mapping[Language, tuple[str, str]]] = {
    "emergency_called": {
        Language.FRENCH: (
            "Appel d'urgence au {number} : {who}",
            "{who} vient d'appeler le {number}. Allez voir si quelqu'un a besoin d'aide, "
            "et préparez l'arrivée des secours.",
        ),
        Language.ENGLISH: (
            "Emergency call to {number}: {who}",
            "{who} has just called {number}. Go and see whether somebody needs help, "
            "and be ready for the emergency services.",
        ),
    },
    "emergency_not_carried": {
        Language.FRENCH: (
            "Un appel d'urgence au {number} n'a pas abouti : {who}",
            "{who} a appelé le {number}, mais aucune ligne n'a pu porter l'appel. "
            "Allez voir tout de suite, et appelez les secours avec un téléphone mobile.",
        ),
        Language.ENGLISH: (
            "An emergency call to {number} did not get through: {who}",
            "{who} called {number}, but no line could carry the call. "
            "Go and see at once, and call the emergency services with a mobile phone.",
        ),
    },
    "number_unknown": {
        Language.FRENCH: (
            "Des appels arrivent pour le {number}, que le standard ne connaît pas",
            "L'opérateur a transmis un appel pour le {number}, qui n'est pas dans les numéros du standard : "
            "l'appelant a entendu qu'il n'existe pas. S'il est à vous, ajoutez-le sur la page Numéros.",
        ),
        Language.ENGLISH: (
            "Calls arrive for {number}, which the phone system does not know",
            "The provider handed over a call for {number}, which is none of the phone system's numbers: "
            "the caller was told that it is not in use. If it is yours, add it on the Numbers page.",
        ),
    },
    **dict.fromkeys(BARRED, _BARRED),
}


def addresses(configuration: Configuration) -> tuple[str, ...]:
    """Who is written to: those chosen, else the administrators who have an address."""
    if configuration.outbound.alert_emails:
        return configuration.outbound.alert_emails
    people = (
        configuration.people.get(user.person_id or "")
        for user in configuration.users.values()
        if user.role is Role.ADMINISTRATOR
    )
    return tuple(dict.fromkeys(person.email for person in people if person is not None and person.email))


class AlertDelivery:
    """Sends the e-mails of the alerts that are due."""

    def __init__(
        self,
        alerts: Alerts,
        database: Database,
        configuration: Callable[[], Configuration],
        *,
        clock: Callable[[], float],
        certificates: Path | None = None,
    ) -> None:
        self._alerts = alerts
        self._database = database
        self._configuration = configuration
        self._clock = clock
        self._certificates = certificates
        self._delivering = False

    async def deliver_due(self, now: float) -> None:
        """Send what is due; a call while another one is at work does nothing. Raises StorageError only."""
        if self._delivering:
            return
        self._delivering = True
        try:
            await self._deliver(await self._alerts.due(now))
        finally:
            self._delivering = False

    async def _deliver(self, due: Sequence[Alert]) -> None:
        configuration = self._configuration()
        recipients = addresses(configuration)
        if not due or not configuration.mail_server.enabled:
            return
        for alert in due:
            if not recipients or alert.code not in TEXTS:
                await self._alerts.mark_sent(alert.id)
                continue
            try:
                await self._send(alert, configuration, recipients)
                await self._alerts.mark_sent(alert.id)
            except MailError as error:
                log.warning("the e-mail of an alert was not sent: %s", error)
                await self._alerts.postpone(alert.id, next_try(alert.attempts, self._clock()))

    async def _send(self, alert: Alert, configuration: Configuration, recipients: Sequence[str]) -> None:
        await self._database.in_thread(_load)
        from appliance.mail.compose import compose_notice, wire_bytes
        from appliance.mail.sender import connect

        office, sender = configuration.office, configuration.mail_server.sender
        if office is None or sender is None:
            raise MailError("no_mail_server", connection=True)
        notice = _notice(alert, office.language, office.time_zone)
        data = wire_bytes(compose_notice(notice, office, office.language, sender, recipients, self._clock()))
        async with connect(configuration.mail_server, self._certificates) as connection:
            await connection.send(data, sender, recipients)


def _notice(alert: Alert, language: Language, time_zone: str) -> Notice:
    from appliance.mail.compose import Notice

    subject, text = TEXTS[alert.code][language]
    moment = datetime.fromtimestamp(alert.at, zone(time_zone))
    return Notice(
        f"alert-{alert.id}-{int(alert.at)}",
        subject.format_map(_Gaps(alert.parameters)),
        text.format_map(_Gaps(alert.parameters)),
        moment,
    )


class _Gaps(dict[str, str]):
    """Parameters, empty where there are none."""

    def __missing__(self, key: str) -> str:
        return ""


def _load() -> None:
    """Import what e-mail needs, in a thread."""
    import appliance.mail.compose
    import appliance.mail.sender  # noqa: F401
