"""What the demonstration says, in English and French."""

from __future__ import annotations

from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, str]] = {
    "office": {
        "en": "The office {office} works on this machine alone, at {address}; nothing of yours is touched.",
        "fr": "Le bureau {office} fonctionne sur cette seule machine ({address}), sans toucher au reste.",
    },
    "people": {"en": "People: {people}.", "fr": "Personnes : {people}."},
    "numbers": {
        "en": "Numbers: {numbers}. Group: {groups}.",
        "fr": "Numéros : {numbers}. Groupe : {groups}.",
    },
    "somebody_calls": {
        "en": "{caller} calls {number} on {at}:",
        "fr": "{caller} appelle {number} le {at} :",
    },
    "no_baresip": {
        "en": "baresip is not installed (on Debian: apt install baresip-core), so no phone is heard today.",
        "fr": "baresip n’est pas installé (Debian : apt install baresip-core) : aucun téléphone ce jour.",
    },
    "registered": {
        "en": "Two softphones register: {first} ({one}) and {second} ({two}).",
        "fr": "Deux téléphones s’enregistrent : {first} ({one}) et {second} ({two}).",
    },
    "dials": {"en": "{first} dials {extension}.", "fr": "{first} compose le {extension}."},
    "answers": {
        "en": "{second}’s phone rings; {second} answers.",
        "fr": "Le téléphone sonne ; {second} répond.",
    },
    "heard": {
        "en": "{who} heard the {hertz} Hz of {other} for {seconds} s.",
        "fr": "{who} a entendu pendant {seconds} s les {hertz} Hz émis par {other}.",
    },
    "digit": {
        "en": "{first} presses {digit}; {second} receives {received}.",
        "fr": "{first} appuie sur {digit} ; {second} reçoit {received}.",
    },
    "hangs_up": {
        "en": "{first} hangs up. The history keeps a call of {seconds} s. Legs and ports still held: {held}.",
        "fr": "{first} raccroche. Historique : un appel de {seconds} s. Branches et ports tenus : {held}.",
    },
    "switched_off": {
        "en": "{second} switches the phone off. {first} calls again, and the mailbox answers.",
        "fr": "{second} éteint son téléphone. {first} rappelle, et la messagerie répond.",
    },
    "message": {
        "en": "A message of {seconds} s waits for {second}; {hertz} Hz fill {heard} s of it.",
        "fr": "Un message de {seconds} s attend {second} ; {hertz} Hz en occupent {heard} s.",
    },
    "well": {"en": "Everything went as it should.", "fr": "Tout s’est passé comme il faut."},
    "not_well": {
        "en": "This did not happen: {what}. The logs are in {folder}.",
        "fr": "Ceci n’a pas eu lieu : {what}. Les journaux sont dans {folder}.",
    },
    # What did not happen.
    "start": {"en": "the telephone system starts", "fr": "le système téléphonique démarre"},
    "hear": {"en": "the tone is heard", "fr": "la tonalité est entendue"},
    "receive_digit": {"en": "the digit arrives", "fr": "le chiffre arrive"},
    "release": {"en": "everything is given back after the call", "fr": "tout est rendu après l’appel"},
    "keep_call": {"en": "the history keeps the call", "fr": "l’historique retient l’appel"},
    "go_online": {"en": "the phone registers", "fr": "le téléphone s’enregistre"},
    "go_offline": {"en": "the phone goes offline", "fr": "le téléphone se déconnecte"},
    "keep_message": {"en": "the message is kept", "fr": "le message est gardé"},
}
