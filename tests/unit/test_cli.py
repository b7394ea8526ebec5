"""What the command line understands, and what it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from appliance import cli
from appliance.cli import arguments
from appliance.cli.explain import CannotExplain, supposed, told
from appliance.cli.sentences import FRENCH, Sentences, sentences
from appliance.control.options import PbxOptions


def _pbx(*words: str) -> PbxOptions:
    return arguments.pbx_options(arguments.parser(Path("/data")).parse_args(["pbx", *words]))


def test_without_words_everything_has_its_default() -> None:
    options = _pbx()
    assert options == PbxOptions(data=Path("/data"))
    assert options.socket_path == Path("/data/control.sock")
    assert options.claim_code_path == Path("/data/claim-code")


def test_every_word_is_heard() -> None:
    options = _pbx(
        *("--data", "/srv/office", "--sip-port", "5070", "--rtp", "30000-30100", "--log-level", "debug"),
        *("--sip-address", "192.0.2.1", "--sip-address", "2001:db8::1", "--socket", "/run/s"),
        *("--sip-tls-port", "0"),
    )
    assert options == PbxOptions(
        data=Path("/srv/office"),
        sip_port=5070,
        sip_addresses=("192.0.2.1", "2001:db8::1"),
        rtp_first=30000,
        rtp_last=30100,
        control_socket=Path("/run/s"),
        log_level="debug",
        sip_tls_port=0,
    )


@pytest.mark.parametrize(
    "words",
    [
        ["--sip-port", "0"],
        ["--sip-port", "65536"],
        ["--sip-port", "sip"],
        ["--sip-tls-port", "-1"],
        ["--rtp", "10000"],
        ["--rtp", "10000-10001"],
        ["--rtp", "20000-10000"],
        ["--socket", "/" + "x" * 107],
        ["--log-level", "loud"],
    ],
)
def test_what_makes_no_sense_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as refused:
        _pbx(*words)
    assert refused.value.code == 2
    assert words[0] in capsys.readouterr().err


def test_a_call_to_explain_has_one_destination() -> None:
    parser = arguments.parser(Path("/data"))
    for words in (["explain"], ["explain", "--number", "main", "--extension", "101"]):
        with pytest.raises(SystemExit):
            parser.parse_args(words)


@pytest.mark.feature("TIME-5")
def test_what_is_supposed_of_a_call() -> None:
    words = ["nobody-registered", "disk-full", "busy:alice", "busy:bruno", "clock-lost"]
    assert supposed(words) == {
        "nobody_registered": True,
        "failures": ["disk"],
        "busy": ["alice", "bruno"],
        "clock_known": False,
    }
    assert supposed(["disk-full", "settings-unreadable"]) == {"failures": ["disk", "settings"]}
    for wrong in ("sunny", "busy:", "clock"):
        with pytest.raises(CannotExplain, match=wrong):
            supposed([wrong])


def test_the_pages_are_told_where_the_socket_is() -> None:
    options = arguments.web_options(arguments.parser(Path("/data")).parse_args(["web", "--port", "8081"]))
    words = options.arguments()
    assert words[words.index("--socket") + 1] == "/data/control.sock"
    assert words[words.index("--port") + 1] == "8081"


def test_the_data_folder_is_the_checkouts_unless_another_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AUTOCOM_DATA", raising=False)
    monkeypatch.delenv("STATE_DIRECTORY", raising=False)
    assert cli.default_data() == cli.CHECKOUT / "data"
    monkeypatch.setenv("STATE_DIRECTORY", "/var/lib/autocom:/var/lib/other")
    assert cli.default_data() == Path("/var/lib/autocom")
    monkeypatch.setenv("AUTOCOM_DATA", "/srv/office")
    assert cli.default_data() == Path("/srv/office")


def test_a_path_is_told_in_lines() -> None:
    reason = {"code": "calendar_open", "parameters": {"calendar": "Office", "until": "18:00"}}
    path = {
        "at": "2026-11-23T10:00:00+01:00",
        "facts": {"caller": "", "called": "+33123456789"},
        "decisions": [
            {"step": {"kind": "ring", "seconds": 20}, "trail": [{"reason": reason}]},
            {"step": {"kind": "take_message"}, "trail": []},
        ],
    }
    assert told(path, Sentences({}, "en"), running=True) == [
        "a withheld number → +33123456789, 2026-11-23T10:00:00+01:00",
        "1. Rings for 20 s; then, if nobody answers:",
        "   · Office is open until 18:00",
        "2. Takes a message",
    ]
    assert told(path, Sentences({}, "fr"), running=False)[0].startswith("un numéro masqué →")


def test_an_announcement_is_told_by_its_words() -> None:
    speech = {
        "audio_id": None,
        "text": "",
        "prompt_name": "unknown_extension",
        "language": "en",
        "parameters": {},
    }
    assert sentences("en").step({"kind": "announce", "speech": speech}).startswith("Says: ")
    assert "Closed today" in sentences("en").step(
        {"kind": "announce", "speech": {**speech, "text": "Closed today"}}
    )


def test_waiting_and_a_call_back_are_told() -> None:
    thanks = {
        "audio_id": None,
        "text": "",
        "prompt_name": "call_back_kept",
        "language": "en",
        "parameters": {"number": "06 12"},
    }
    told_ = [sentences("en").step(each) for each in ({"kind": "wait", "seconds": 60}, _keeps(thanks))]
    assert told_[0] == "Waits in the queue for 60 s at most; then:"
    assert told_[1].startswith("Notes a call-back, says: We will call you back")
    assert sentences("fr").step({"kind": "wait", "seconds": 60}) == "Attend 60 s au plus ; puis :"


def _keeps(thanks: dict) -> dict:
    return {"kind": "keep_call_back", "thanks": thanks}


def test_every_sentence_of_the_commands_has_the_same_gaps_in_french() -> None:
    for english, french in FRENCH.items():
        assert french
        for gap in ("{seconds}", "{text}", "{sip_status}"):
            assert (gap in english) == (gap in french), english


def test_a_reason_of_another_version_is_told_by_its_code() -> None:
    assert Sentences({}, "en").reason({"code": "of_the_future", "parameters": {}}) == "of_the_future"


def test_a_moment_of_another_day_is_written_as_people_do() -> None:
    parameters = {"calendar": "Bureau", "until": "2026-12-26 09:00"}
    reason = {"code": "calendar_closed", "parameters": parameters}
    assert sentences("fr").reason(reason).endswith("09:00, samedi 26 décembre 2026")
    assert sentences("en").reason(reason).endswith("09:00, Saturday 26 December 2026")
    assert (
        sentences("fr").reason({**reason, "parameters": {**parameters, "until": "18:00"}}).endswith("18:00")
    )
