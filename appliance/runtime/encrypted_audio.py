"""What we want of the encryption of a leg: by the setting of its phone or line, and how its SIP travels."""

from __future__ import annotations

from appliance.configuration.fields import EncryptedAudio
from appliance.sip.flow import Flow
from appliance.sip.sdes import Encryption


def encryption_on(flow: Flow, setting: EncryptedAudio = EncryptedAudio.AUTOMATIC) -> Encryption:
    """The wish towards the peer of a flow.

    Of itself the box offers keys over TLS only, where nobody else can read them.
    """
    match setting:
        case EncryptedAudio.ALWAYS:
            return Encryption.REQUIRED
        case EncryptedAudio.NEVER:
            return Encryption.NEVER
        case EncryptedAudio.AUTOMATIC:
            return Encryption.OFFERED if flow.transport == "TLS" else Encryption.ACCEPTED
