"""A scenario for sipp, written down as a dialogue: what it hears, what it says, in order."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import quoteattr

PCMA, PCMU = "8", "0"
NAMES = {PCMA: "PCMA", PCMU: "PCMU"}
# What a request is remembered by, so that it can be answered after others have come.
KEPT = ("Via", "From", "To", "CSeq")


def sdp(port: int, codecs: tuple[str, ...] = (PCMA,), version: int = 1, direction: str = "sendrecv") -> str:
    """A session description with one audio stream at that port of this host."""
    formats = "\n".join(f"a=rtpmap:{codec} {NAMES[codec]}/8000" for codec in codecs)
    return (
        f"v=0\no=sipp 7 {version} IN IP[local_ip_type] [local_ip]\ns=call\n"
        f"c=IN IP[local_ip_type] [local_ip]\nt=0 0\n"
        f"m=audio {port} RTP/AVP {' '.join(codecs)} 101\n{formats}\n"
        f"a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-15\na=ptime:20\na={direction}\n"
    )


class Dialogue:
    """One call as this side lives it; the keys `service` and `caller` are the other's number and ours."""

    def __init__(self, name: str, *, tag: str = "tester", domain: str = "[local_ip]") -> None:
        self.name = name
        self._parts: list[str] = []
        self._variables: set[str] = set()
        self._local = f"<sip:[caller]@{domain}>;tag={tag}[call_number]"
        self._remote = "<sip:[service]@[remote_ip]>"
        self._tag = tag

    def write(self, folder: Path) -> Path:
        """Write the scenario as sipp reads it."""
        path = folder / f"{self.name}.xml"
        names = ",".join(sorted(self._variables))
        reference = f"<Reference variables={quoteattr(names)}/>" if names else ""
        body = "\n".join(self._parts)
        head = '<?xml version="1.0" encoding="UTF-8"?>'
        path.write_text(f"{head}\n<scenario name={quoteattr(self.name)}>\n{body}\n{reference}\n</scenario>\n")
        return path

    # What this side hears.

    def hears(self, what: str | int, *, optional: bool = False, **checks: str) -> Dialogue:
        """A request by its method or a response by its status; `checks`: a regular expression for a field.

        A field is named in small letters with underscores; `body` is the whole message.
        """
        kind = "request" if isinstance(what, str) else "response"
        attributes = f'{kind}="{what}" rrs="true"' + (' optional="true"' if optional else "")
        if what in (401, 407):
            attributes += ' auth="true"'
        actions = [] if optional else self._keep(what)
        for field, pattern in checks.items():
            where = "msg" if field == "body" else "hdr"
            header = "" if field == "body" else f'header="{field.replace("_", "-")}:" case_indep="true" '
            actions.append(
                f'<ereg regexp={quoteattr(pattern)} search_in="{where}" {header}check_it="true" '
                f'assign_to="{self._variable("rseq" if field == "rseq" else "seen")}"/>'
            )
        inner = f"<action>{''.join(actions)}</action>" if actions else ""
        self._parts.append(f"<recv {attributes}>{inner}</recv>")
        return self

    def _keep(self, what: str | int) -> list[str]:
        if isinstance(what, str) and what != "ACK":
            kept = [self._kept(field, f"{field.lower()}_{what.lower()}") for field in KEPT]
            if what == "INVITE" and not self._parts:
                self._local = f"[$to_invite];tag={self._tag}[call_number]"
                self._remote = "[$from_invite]"
            return kept
        if isinstance(what, int) and 100 < what < 300 and not self._remote.startswith("[$"):
            self._remote = "[$peer]"
            return [self._kept("To", "peer")]
        return []

    def _kept(self, field: str, name: str) -> str:
        return (
            f'<ereg regexp=".*" search_in="hdr" header="{field}:" check_it="true" '
            f'assign_to="{self._variable(name)}"/>'
        )

    def _variable(self, name: str) -> str:
        self._variables.add(name)
        return name

    # What this side says.

    def asks(
        self, method: str, cseq: int, *, uri: str = "[next_url]", headers: str = "", body: str = ""
    ) -> Dialogue:
        """A request of this side's, in the dialog once there is one; `headers` are whole lines."""
        self._say(
            f"{method} {uri} SIP/2.0",
            "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch];rport",
            "Max-Forwards: 70",
            f"From:{self._local}",
            f"To:{self._remote}",
            f"CSeq: {cseq} {method}",
            headers,
            body,
            retrans=method not in ("ACK", "CANCEL"),
        )
        return self

    def calls(self, *, headers: str = "", body: str = "", cseq: int = 1) -> Dialogue:
        """The INVITE that begins the call."""
        return self.asks(
            "INVITE", cseq, uri="sip:[service]@[remote_ip]:[remote_port]", headers=headers, body=body
        )

    def acks_refusal(self, cseq: int = 1) -> Dialogue:
        """The ACK of a refusal, which belongs to its INVITE's transaction."""
        self._parts.append(
            "<send><![CDATA[\nACK sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n"
            f"Max-Forwards: 70\nFrom:{self._local}\n[last_To:]\nCall-ID: [call_id]\nCSeq: {cseq} ACK\n"
            "Content-Length: 0\n\n]]></send>"
        )
        return self

    def cancels(self, cseq: int = 1) -> Dialogue:
        """The CANCEL of an INVITE that rings, in its transaction too."""
        self._parts.append(
            "<send><![CDATA[\nCANCEL sip:[service]@[remote_ip]:[remote_port] SIP/2.0\n[last_Via:]\n"
            f"Max-Forwards: 70\nFrom:{self._local}\nTo: <sip:[service]@[remote_ip]>\nCall-ID: [call_id]\n"
            f"CSeq: {cseq} CANCEL\nContent-Length: 0\n\n]]></send>"
        )
        return self

    def says(
        self,
        status: int,
        *,
        to: str = "INVITE",
        tag: str = "",
        headers: str = "",
        body: str = "",
        in_dialog: bool = False,
    ) -> Dialogue:
        """A response to the latest request of a method; `tag` names a fork."""
        name = to.lower()
        own = "" if in_dialog or to != "INVITE" else f";tag={tag or self._tag}[call_number]"
        self._say(
            f"SIP/2.0 {status} Said",
            f"Via:[$via_{name}]",
            f"From:[$from_{name}]",
            f"To:[$to_{name}]{own}",
            f"CSeq:[$cseq_{name}]",
            headers,
            body,
            retrans=to == "INVITE" and status == 200,
        )
        return self

    def pauses(self, milliseconds: int) -> Dialogue:
        self._parts.append(f'<pause milliseconds="{milliseconds}"/>')
        return self

    def ends(self, cseq: int = 2) -> Dialogue:
        """This side hangs up."""
        return self.asks("BYE", cseq).hears(200)

    def is_ended(self) -> Dialogue:
        """The other side hangs up."""
        return self.hears("BYE").says(200, to="BYE")

    def _say(self, *lines: str, retrans: bool) -> None:
        *head, headers, body = lines
        contact = "Contact: <sip:[caller]@[local_ip]:[local_port];transport=[transport]>"
        if "Contact:" not in headers:
            head.append(contact)
        head.append("Call-ID: [call_id]")
        if headers:
            head.append(headers.strip("\n"))
        kind = "Content-Type: application/sdp\n" if body else ""
        text = "\n".join(head) + f"\n{kind}Content-Length: [len]\n\n{body}"
        attributes = ' retrans="500"' if retrans else ""
        self._parts.append(f"<send{attributes}><![CDATA[\n{text}]]></send>")
