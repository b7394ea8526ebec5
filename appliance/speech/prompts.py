"""The prompts: every sentence the box says by itself, in each language."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LANGUAGES = ("fr", "en")

PROMPTS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        # Mailboxes
        "mailbox_greeting": {
            "fr": "Bonjour. Nous ne pouvons pas vous répondre pour le moment. "
            "Laissez-nous un message après le bip, et nous vous rappellerons.",
            "en": "Hello. We cannot take your call right now. "
            "Please leave us a message after the tone, and we will call you back.",
        },
        "mailbox_greeting_closed": {
            "fr": "Bonjour. Nos bureaux sont fermés. "
            "Laissez-nous un message après le bip, et nous vous rappellerons dès la réouverture.",
            "en": "Hello. Our office is closed. "
            "Please leave us a message after the tone, and we will call you back when we open again.",
        },
        "mailbox_greeting_holiday": {
            "fr": "Bonjour. Nos bureaux sont fermés aujourd'hui. "
            "Laissez-nous un message après le bip, et nous vous rappellerons à notre retour.",
            "en": "Hello. Our office is closed today. "
            "Please leave us a message after the tone, and we will call you back on our return.",
        },
        "mailbox_greeting_number": {
            "fr": "Bonjour. Vous êtes bien au {number}. Nous ne pouvons pas vous répondre pour le moment. "
            "Laissez-nous un message après le bip, et nous vous rappellerons.",
            "en": "Hello. You have reached {number}. We cannot take your call right now. "
            "Please leave us a message after the tone, and we will call you back.",
        },
        "number_reached": {"fr": "Vous êtes bien au {number}.", "en": "You have reached {number}."},
        "leave_message_after_tone": {
            "fr": "Laissez votre message après le bip. Pour terminer, raccrochez ou appuyez sur dièse.",
            "en": "Please leave your message after the tone. When you have finished, hang up or press hash.",
        },
        "message_saved": {
            "fr": "Votre message est enregistré. Merci, au revoir.",
            "en": "Your message has been saved. Thank you, goodbye.",
        },
        "message_not_saved": {
            "fr": "Votre message n'a pas pu être enregistré. Veuillez rappeler plus tard.",
            "en": "Your message could not be saved. Please call again later.",
        },
        "mailbox_unavailable": {
            "fr": "Cette messagerie n'est pas disponible.",
            "en": "This mailbox is not available.",
        },
        # Calls nobody takes
        "nobody_available": {
            "fr": "Personne ne peut vous répondre pour le moment. Veuillez rappeler plus tard.",
            "en": "Nobody can take your call right now. Please call again later.",
        },
        "office_closed": {
            "fr": "Nos bureaux sont fermés. Veuillez rappeler pendant les heures d'ouverture.",
            "en": "Our office is closed. Please call again during opening hours.",
        },
        "office_holiday": {
            "fr": "Nos bureaux sont fermés aujourd'hui. Veuillez rappeler un autre jour.",
            "en": "Our office is closed today. Please call again another day.",
        },
        "person_busy": {
            "fr": "Votre correspondant est déjà en ligne.",
            "en": "The person you are calling is on another call.",
        },
        "person_unavailable": {
            "fr": "Votre correspondant n'est pas joignable pour le moment.",
            "en": "The person you are calling cannot be reached right now.",
        },
        "call_refused": {
            "fr": "Votre correspondant ne peut pas prendre votre appel.",
            "en": "The person you are calling cannot take your call.",
        },
        "withheld_refused": {
            "fr": "Ce numéro ne prend pas les appels masqués. Veuillez rappeler en montrant votre numéro.",
            "en": "This number does not take calls without a caller's number. "
            "Please call again and show your number.",
        },
        "caller_refused": {
            "fr": "Votre appel ne peut pas être pris. Au revoir.",
            "en": "Your call cannot be taken. Goodbye.",
        },
        # Calls that cannot be placed
        "unknown_extension": {
            "fr": "Ce numéro interne n'existe pas. Veuillez vérifier le numéro.",
            "en": "This extension does not exist. Please check the number.",
        },
        "number_unobtainable": {
            "fr": "Le numéro que vous avez composé n'est pas attribué. Veuillez vérifier le numéro.",
            "en": "The number you have dialled is not in use. Please check the number.",
        },
        "number_incomplete": {
            "fr": "Le numéro que vous avez composé n'est pas valable. Veuillez vérifier le numéro.",
            "en": "The number you have dialled is not valid. Please check the number.",
        },
        "all_lines_busy": {
            "fr": "Toutes les lignes sont occupées. Veuillez rappeler dans quelques instants.",
            "en": "All lines are busy. Please try again in a moment.",
        },
        "no_line": {
            "fr": "Aucune ligne vers l'extérieur n'est disponible. Veuillez réessayer plus tard.",
            "en": "No outside line is available. Please try again later.",
        },
        "barred_costly": {
            "fr": "Ce numéro est surtaxé : il est interdit par les réglages du standard.",
            "en": "This number costs extra. The settings of the phone system bar it.",
        },
        "barred_country": {
            "fr": "Les appels vers ce pays ne sont pas autorisés par les réglages du standard.",
            "en": "The settings of the phone system do not allow calls to this country.",
        },
        "barred_night": {
            "fr": "Les appels vers l'extérieur sont bloqués la nuit. "
            "Les numéros d'urgence restent joignables.",
            "en": "Calls to the outside are blocked at night. Emergency numbers can still be reached.",
        },
        "barred_calls": {
            "fr": "Vous avez atteint le nombre d'appels permis pour aujourd'hui.",
            "en": "You have reached the number of calls allowed for today.",
        },
        "barred_minutes": {
            "fr": "Vous avez atteint la durée d'appels permise pour aujourd'hui.",
            "en": "You have reached the calling time allowed for today.",
        },
        "emergency_not_carried": {
            "fr": "Aucune ligne ne peut porter cet appel d'urgence. "
            "Appelez les secours avec un téléphone mobile. "
            "Je répète : appelez les secours avec un téléphone mobile.",
            "en": "No line can carry this emergency call. "
            "Call the emergency services with a mobile phone. "
            "Once more: call the emergency services with a mobile phone.",
        },
        "call_failed": {
            "fr": "Votre appel n'a pas pu aboutir. Veuillez réessayer plus tard.",
            "en": "Your call could not be completed. Please try again later.",
        },
        "not_permitted": {
            "fr": "Cet appel n'est pas autorisé depuis votre poste.",
            "en": "This call is not permitted from your phone.",
        },
        # Said to who picks up, before they are connected
        "call_from_name": {"fr": "Appel de {name}.", "en": "Call from {name}."},
        "call_from_number": {"fr": "Appel du {number}.", "en": "Call from {number}."},
        "call_from_nobody": {"fr": "Appel d'un numéro masqué.", "en": "Call from a withheld number."},
        "call_for": {"fr": "Pour {name}.", "en": "For {name}."},
        "press_one_to_take": {
            "fr": "Pour prendre l'appel, tapez 1.",
            "en": "To take the call, press 1.",
        },
        # Groups
        "group_signed_in": {"fr": "Groupe {name} : votre téléphone sonne.", "en": "{name}: signed in."},
        "group_signed_out": {
            "fr": "Groupe {name} : votre téléphone ne sonne plus.",
            "en": "{name}: signed out.",
        },
        "groups_signed_in": {
            "fr": "Votre téléphone sonne pour tous vos groupes.",
            "en": "You are signed into all your groups.",
        },
        "groups_signed_out": {
            "fr": "Votre téléphone ne sonne plus pour aucun de vos groupes.",
            "en": "You are signed out of all your groups.",
        },
        "group_not_member": {
            "fr": "Vous n'êtes pas membre de ce groupe.",
            "en": "You are not a member of that group.",
        },
        # Call-backs
        "call_back_offer": {
            "fr": "Nous pouvons vous rappeler au numéro dont vous appelez. "
            "Pour être rappelé, tapez 1. Sinon, patientez.",
            "en": "We can call you back at the number you are calling from. "
            "To be called back, press 1. Otherwise, please hold.",
        },
        "call_back_kept": {
            "fr": "C'est noté : nous vous rappellerons au {number}. Merci de votre appel, au revoir.",
            "en": "We will call you back at {number}. Thank you for calling, goodbye.",
        },
        "call_back_not_kept": {
            "fr": "Votre demande de rappel n'a pas pu être enregistrée.",
            "en": "Your call-back could not be noted down.",
        },
        "call_back_name": {"fr": "À rappeler : {name}.", "en": "To be called back: {name}."},
        "call_back_number": {"fr": "À rappeler : {number}.", "en": "To be called back: {number}."},
        "press_one_to_call": {"fr": "Pour appeler, tapez 1.", "en": "To call, press 1."},
        # Menus
        "language_choice": {"fr": "Pour le français, tapez 1.", "en": "For English, press 2."},
        "menu_choices": {"fr": "{choices}", "en": "{choices}"},
        "menu_choice": {"fr": "Pour {name}, tapez {key}.", "en": "For {name}, press {key}."},
        "wrong_key": {"fr": "Ce choix n'existe pas.", "en": "That is not one of the choices."},
        # Queues
        "queue_wait": {
            "fr": "Tous nos correspondants sont en ligne. Merci de patienter.",
            "en": "Everybody is on the phone. Please hold the line.",
        },
        "queue_next": {"fr": "Vous êtes le prochain appelant.", "en": "You are the next caller."},
        "queue_position": {
            "fr": "Vous êtes en position {position}.",
            "en": "You are number {position} in the queue.",
        },
        "queue_call_back": {
            "fr": "Pour être rappelé au lieu d'attendre, tapez 1.",
            "en": "To be called back instead of waiting, press 1.",
        },
        "queue_minute": {
            "fr": "L'attente est d'une minute environ.",
            "en": "The wait is about one minute.",
        },
        "queue_minutes": {
            "fr": "L'attente est de {minutes} minutes environ.",
            "en": "The wait is about {minutes} minutes.",
        },
        # Services
        "echo_test": {
            "fr": "Test d'écho. Parlez après le bip : vous devez vous entendre. Raccrochez pour terminer.",
            "en": "Echo test. Speak after the tone: you should hear yourself. Hang up when you are done.",
        },
        "own_extension": {"fr": "Vous êtes au poste {number}.", "en": "You are at extension {number}."},
        "own_address": {
            "fr": "L'adresse du boîtier est {address}.",
            "en": "The address of the box is {address}.",
        },
        "do_not_disturb_on": {
            "fr": "Ne pas déranger est activé. Votre poste ne sonnera plus.",
            "en": "Do not disturb is on. Your phone will not ring.",
        },
        "do_not_disturb_off": {
            "fr": "Ne pas déranger est désactivé. Votre poste sonne de nouveau.",
            "en": "Do not disturb is off. Your phone rings again.",
        },
        "refused": {
            "fr": "Ce réglage n'a pas pu être changé.",
            "en": "This setting could not be changed.",
        },
        "last_caller_is": {
            "fr": "Le dernier appel vient du {number}.",
            "en": "Your last call came from {number}.",
        },
        "last_caller_keys": {"fr": "Pour rappeler, tapez 1.", "en": "To call back, press 1."},
        "block_caller_keys": {
            "fr": "Pour bloquer ce numéro, tapez 1.",
            "en": "To block this number, press 1.",
        },
        "caller_blocked": {
            "fr": "Ce numéro est bloqué : il ne sonnera plus chez vous.",
            "en": "This number is blocked. It will not ring here any more.",
        },
        "caller_not_blocked": {
            "fr": "Ce numéro n'a pas pu être bloqué.",
            "en": "This number could not be blocked.",
        },
        "last_caller_none": {
            "fr": "Personne ne vous a encore appelé.",
            "en": "Nobody has called you yet.",
        },
        "last_caller_withheld": {
            "fr": "Le dernier appelant a masqué son numéro.",
            "en": "Your last caller has hidden their number.",
        },
        "setting_locked": {
            "fr": "Ce réglage est verrouillé par l'administrateur. Rien n'a été changé.",
            "en": "The administrator has locked this setting. Nothing was changed.",
        },
        "forward_nowhere": {
            "fr": "Ce numéro n'existe pas, ou n'est pas autorisé. Rien n'a été changé.",
            "en": "This number does not exist, or is not allowed. Nothing was changed.",
        },
        "forward_on_again": {
            "fr": "Votre renvoi d'appels est activé.",
            "en": "Your calls are forwarded again.",
        },
        "forward_all_on": {
            "fr": "Tous vos appels sont renvoyés vers le {number}.",
            "en": "All your calls are forwarded to {number}.",
        },
        "forward_all_off": {
            "fr": "Vos appels ne sont plus renvoyés.",
            "en": "Your calls are no longer forwarded.",
        },
        "forward_busy_on": {
            "fr": "Quand vous êtes en ligne, vos appels sont renvoyés vers le {number}.",
            "en": "While you are busy, your calls are forwarded to {number}.",
        },
        "forward_busy_off": {
            "fr": "Vos appels ne sont plus renvoyés quand vous êtes en ligne.",
            "en": "Your calls are no longer forwarded while you are busy.",
        },
        "forward_no_answer_on": {
            "fr": "Sans réponse de votre part, vos appels sont renvoyés vers le {number}.",
            "en": "When you do not answer, your calls are forwarded to {number}.",
        },
        "forward_no_answer_off": {
            "fr": "Vos appels sans réponse ne sont plus renvoyés.",
            "en": "Calls that you do not answer are no longer forwarded.",
        },
        "forward_not_connected_on": {
            "fr": "Quand votre poste est débranché, vos appels sont renvoyés vers le {number}.",
            "en": "While your phone is not connected, your calls are forwarded to {number}.",
        },
        "forward_not_connected_off": {
            "fr": "Vos appels ne sont plus renvoyés quand votre poste est débranché.",
            "en": "Your calls are no longer forwarded while your phone is not connected.",
        },
        "day_started": {
            "fr": "Votre journée est commencée. Votre poste sonne.",
            "en": "Your day has started. Your phone rings.",
        },
        "day_on_break": {
            "fr": "Vous êtes en pause. Votre poste ne sonne plus.",
            "en": "You are on a break. Your phone does not ring.",
        },
        "day_ended": {
            "fr": "Votre journée est terminée. Votre poste ne sonne plus.",
            "en": "Your day has ended. Your phone does not ring.",
        },
        "day_not_used": {
            "fr": "Vous n'utilisez pas la journée de travail : votre poste sonne toujours.",
            "en": "You do not use the working day. Your phone always rings.",
        },
        "park_done": {"fr": "Appel parqué, place {number}.", "en": "Call parked in place {number}."},
        "park_place": {
            "fr": "Place {number}. Transférez l'appel maintenant.",
            "en": "Place {number}. Transfer the call now.",
        },
        "park_full": {
            "fr": "Toutes les places sont occupées.",
            "en": "All places are taken.",
        },
        "park_empty": {
            "fr": "Il n'y a pas d'appel à la place {number}.",
            "en": "There is no call in place {number}.",
        },
        "transfer_failed": {
            "fr": "Ce numéro n'a pas pu être joint. Vous reprenez l'appel.",
            "en": "This number could not be reached. You have the call back.",
        },
        "conference_full": {
            "fr": "La conférence est complète : huit personnes au plus.",
            "en": "The conference is full: eight people at most.",
        },
        "nothing_to_pick_up": {
            "fr": "Aucun appel ne sonne ici.",
            "en": "No call is ringing here.",
        },
        "hours_open": {
            "fr": "{name} : ouvert jusqu'à nouvel ordre.",
            "en": "{name}: open until further notice.",
        },
        "hours_closed": {
            "fr": "{name} : fermé jusqu'à nouvel ordre.",
            "en": "{name}: closed until further notice.",
        },
        "hours_as_set": {
            "fr": "{name} : les horaires habituels s'appliquent.",
            "en": "{name}: the usual opening hours apply.",
        },
        "hours_unknown": {
            "fr": "Aucun horaire ne porte le numéro {name}.",
            "en": "No opening hours have the number {name}.",
        },
        "goodbye": {"fr": "Au revoir.", "en": "Goodbye."},
        # Listening to one's own mailbox
        "no_messages": {"fr": "Vous n'avez pas de message.", "en": "You have no messages."},
        "new_message": {"fr": "Nouveau message.", "en": "New message."},
        "next_message": {"fr": "Message suivant.", "en": "Next message."},
        "end_of_messages": {"fr": "Vous n'avez pas d'autre message.", "en": "You have no more messages."},
        "message_deleted": {"fr": "Message effacé.", "en": "Message deleted."},
        "mailbox_keys": {
            "fr": "Pour réécouter, tapez 1. Pour effacer, tapez 3. Pour le message suivant, tapez dièse.",
            "en": "To listen again, press 1. To delete, press 3. For the next message, press hash.",
        },
        # The code that shows that a mobile is somebody's own
        "mobile_code": {
            "fr": "Bonjour. Voici votre code, à taper sur votre page.",
            "en": "Hello. Here is your code, to be typed on your page.",
        },
        "mobile_code_again": {"fr": "Je répète.", "en": "Once more."},
        # Digits, for what is said one by one
        "digit_zero": {"fr": "zéro", "en": "zero"},
        "digit_one": {"fr": "un", "en": "one"},
        "digit_two": {"fr": "deux", "en": "two"},
        "digit_three": {"fr": "trois", "en": "three"},
        "digit_four": {"fr": "quatre", "en": "four"},
        "digit_five": {"fr": "cinq", "en": "five"},
        "digit_six": {"fr": "six", "en": "six"},
        "digit_seven": {"fr": "sept", "en": "seven"},
        "digit_eight": {"fr": "huit", "en": "eight"},
        "digit_nine": {"fr": "neuf", "en": "nine"},
        "star": {"fr": "étoile", "en": "star"},
        "hash": {"fr": "dièse", "en": "hash"},
    }
)


def missing_prompts(prompts: Mapping[str, Mapping[str, str]] = PROMPTS) -> list[str]:
    """What is missing, as "name (language)": the prompts without a text in one of the languages."""
    return [
        f"{name} ({language})"
        for name, texts in prompts.items()
        for language in LANGUAGES
        if not texts.get(language, "").strip()
    ]


def prompt_text(name: str, language: str, parameters: Mapping[str, str] = MappingProxyType({})) -> str:
    """The words of a prompt, its gaps filled; raises KeyError when there is no such prompt or language.

    The parameter `number` is a phone number as it is written in the country, and said digit by digit;
    `address` is one of the network; `keys` and `names` (a line each) are the choices of a menu.
    """
    filled = dict(parameters)
    if "address" in filled:
        filled["address"] = address_as_said(filled["address"], language)
    if "number" in filled:
        filled["number"] = number_as_said(filled["number"], language)
    if "keys" in filled:
        filled["choices"] = _choices(filled["keys"], filled.get("names", ""), language)
    return PROMPTS[name][language].format_map(_Gaps(filled))


def number_as_said(written: str, language: str) -> str:
    """A phone number as it is said: in French by pairs, as it is written; in English digit by digit."""
    groups = "".join(character if character.isdigit() else " " for character in written).split()
    return ", ".join(groups if language == "fr" else [" ".join(group) for group in groups])


def address_as_said(written: str, language: str) -> str:
    """A network address as it is said: its parts as numbers in French, digit by digit in English."""
    parts = written.split(".")
    return " point ".join(parts if language == "fr" else [" ".join(part) for part in parts])


def _choices(keys: str, names: str, language: str) -> str:
    """The choices of a menu, a sentence each; `names` has a line for each key."""
    said = {"*": PROMPTS["star"][language], "#": PROMPTS["hash"][language]}
    choice = PROMPTS["menu_choice"][language]
    pairs = zip(keys, names.split("\n"), strict=False)
    return " ".join(choice.format(name=name, key=said.get(key, key)) for key, name in pairs)


class _Gaps(dict[str, str]):
    """Parameters, empty where one is missing: half a sentence is better than none."""

    def __missing__(self, key: str) -> str:
        return ""
