"""Contacts read from tables and cards, whatever wrote them, and written so that they can be read back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.configuration.contact_cards import read_table
from appliance.configuration.contact_files import Table, TableError, as_csv, as_records, guess
from appliance.configuration.contacts import Contact

pytestmark = pytest.mark.feature("CRM-5")


def records(table: Table, *mapping: str) -> list[dict[str, object]]:
    return [record for _, record in as_records(table, mapping or guess(table.headings))]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_french_table_is_understood(encoding: str, delimiter: str) -> None:
    headings = "Prénom|Nom|Société|Téléphone fixe|Mobile|Adresse e-mail|Responsable|VIP|Remarques"
    row = 'Zoé|Martin|Élan|01 23 45 67 89|06 12 34 56 78|zoe@example.com|Alice|oui|"deux\nlignes"'
    text = f"{headings}\r\n\r\n{row}\r\n".replace("|", delimiter)
    table = read_table(text.encode(encoding))
    assert guess(table.headings) == (
        *("first_name", "name", "company", "number", "number", "email", "owner", "vip", "note"),
    )
    assert table.lines == (3,)
    assert records(table) == [
        {
            "name": "Zoé Martin",
            "company": "Élan",
            "numbers": ["01 23 45 67 89", "06 12 34 56 78"],
            "email": "zoe@example.com",
            "owner": "Alice",
            "source": "",
            "vip": True,
            "note": "deux\nlignes",
        }
    ]


def test_an_english_table_of_a_web_address_book_is_understood() -> None:
    text = (
        "First Name,Last Name,Organization Name,E-mail 1 - Value,Phone 1 - Label,Phone 1 - Value\n"
        "Ann,Lee,,ann@example.com,Mobile,+33 6 12 34 56 78 ::: 01 23 45 67 89\n"
        ",,Works Ltd,,,0123456780\n"
    )
    table = read_table(text.encode())
    mapping = ("first_name", "name", "company", "email", "", "number")
    ann, works = records(table, *mapping)
    assert ann["numbers"] == ["+33 6 12 34 56 78", "01 23 45 67 89"] and ann["name"] == "Ann Lee"
    assert works["name"] == works["company"] == "Works Ltd"


CARDS = """BEGIN:VCARD
VERSION:3.0
N:Martin;Zoé;;;
FN:Zoé Martin
ORG:Élan\\, vital;Sales
TEL;TYPE=CELL:+33 6 12 34 56 78
item1.TEL;TYPE=WORK:01 23 45 67 89
EMAIL:zoe@example.com
NOTE:One\\nTwo and a line that is
  folded
PHOTO;ENCODING=b:AAAA
 BBBB
END:VCARD
BEGIN:VCARD
VERSION:2.1
N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Dupont;Ren=C3=
=A9e
TEL;CELL:0612345679
END:VCARD
BEGIN:VCARD
VERSION:4.0
ORG:Works
TEL;VALUE=uri:tel:+33123456780
END:VCARD
"""


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_cards_of_every_version_are_read(ending: str) -> None:
    zoe, renee, works = records(read_table(CARDS.replace("\n", ending).encode()))
    assert (zoe["name"], zoe["company"]) == ("Zoé Martin", "Élan, vital Sales")
    assert zoe["numbers"] == ["+33 6 12 34 56 78", "01 23 45 67 89"]
    assert (zoe["email"], zoe["note"]) == ("zoe@example.com", "One\nTwo and a line that is folded")
    assert (renee["name"], renee["numbers"]) == ("Renée Dupont", ["0612345679"])
    assert (works["name"], works["numbers"]) == ("Works", ["+33123456780"])


@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b"", "table_empty", 0),
        (b"name,phone\n", "table_empty", 0),
        (b"a\0b,c\nd,e\n", "file_not_text", 0),
        (b"BEGIN:VCARD\nFN:A\n", "card_malformed", 1),
        (b"BEGIN:VCARD\nFN:A\nEND:VCARD\nFN:B\n", "card_malformed", 4),
        (b"name,phone\n" + b"A,1\n" * 20_001, "too_many_rows", 20_003),
    ],
)
def test_what_is_no_table_is_said_with_its_line(content: bytes, code: str, line: int) -> None:
    with pytest.raises(TableError) as caught:
        read_table(content)
    assert (caught.value.code, caught.value.line) == (code, line)


def test_what_is_written_is_read_back_and_no_cell_is_a_formula() -> None:
    contact = Contact(
        id="c1",
        name="=HYPERLINK(x)",
        company='Élan "et" fils',
        numbers=("+33612345678", "+33123456789"),
        email="a@example.com",
        owner_id="alice",
        vip=True,
        note="One\nTwo",
    )
    text = as_csv([contact, Contact(id="c2", name="Zoé")], {"alice": "Alice"})
    assert "\n=" not in text
    first, second = records(read_table(text.encode("utf-8-sig")))
    assert first["name"] == "'=HYPERLINK(x)" and first["company"] == contact.company
    assert first["numbers"] == list(contact.numbers) and first["vip"] is True and first["note"] == "One\nTwo"
    assert (first["owner"], second["name"], second["numbers"]) == ("Alice", "Zoé", [])


@given(st.binary(max_size=300) | st.text(max_size=300).map(lambda text: f"BEGIN:VCARD\n{text}".encode()))
def test_any_content_is_a_table_or_refused(content: bytes) -> None:
    try:
        table = read_table(content)
    except TableError:
        return
    assert len(table.rows) == len(table.lines) and list(as_records(table, guess(table.headings)))
