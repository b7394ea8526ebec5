"""What is wanted of a leg's encryption, by its setting and by the way its SIP goes."""

import pytest

from appliance.configuration.fields import EncryptedAudio
from appliance.runtime.encrypted_audio import encryption_on
from appliance.sip.flow import Flow
from appliance.sip.sdes import Encryption


@pytest.mark.parametrize(
    ("transport", "setting", "wish"),
    [
        ("TLS", "automatic", "offered"),
        ("TCP", "automatic", "accepted"),
        ("UDP", "automatic", "accepted"),
        ("WSS", "automatic", "accepted"),
        ("UDP", "always", "required"),
        ("TLS", "never", "never"),
    ],
)
def test_keys_are_offered_of_our_own_accord_where_nobody_else_reads_them(transport, setting, wish):
    flow = Flow(transport, ("192.0.2.1", 5061), ("192.0.2.9", 5061))
    assert encryption_on(flow, EncryptedAudio(setting)) is Encryption(wish)
