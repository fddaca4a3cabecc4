"""Letters as files: drafts that every mail program opens, and one list of links."""

import csv
import io
import stat
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from career_relay.application import Application, Career, Person, Selection
from career_relay.config import Company
from career_relay.letters.files import eml_bytes, links_bytes, write_letters
from career_relay.letters.letter import Letter, compose
from career_relay.letters.templates import choose_template

Change = Callable[..., Application]
AT = datetime(2026, 10, 1, 3, 0, tzinfo=UTC)
COMPANY = Company(
    name="株式会社みらい製作所",
    name_en="Mirai Works",
    contact="saiyo@example.jp",
    sender="株式会社みらい製作所 採用担当 <saiyo@example.jp>",
)


def letter(application: Application, token: str = "token-1") -> Letter:
    return compose(
        application,
        choose_template(application.locale, None),
        COMPANY,
        link=f"https://relay.example.jp/i/{token}",
        expires_on=date(2026, 11, 30),
    )


def parsed(raw: bytes) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(raw)
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    return message


def rows(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def test_a_draft_is_a_message_with_everything_in_its_place(an_application: Application) -> None:
    written = letter(an_application)
    message = parsed(eml_bytes(written, at=AT))
    assert message["To"].addresses[0].display_name == "夢原 空太"
    assert message["To"].addresses[0].addr_spec == "yumehara@example.jp"
    assert message["From"].addresses[0].addr_spec == "saiyo@example.jp"
    assert message["From"].addresses[0].display_name == "株式会社みらい製作所 採用担当"
    assert message["Subject"] == written.subject
    assert message["Date"].datetime == AT
    assert message["X-Unsent"] == "1"
    assert message["Content-Language"] == "ja"
    assert message.get_content_type() == "multipart/alternative"


def test_a_draft_holds_the_text_and_the_same_as_html(an_application: Application) -> None:
    written = letter(an_application)
    message = parsed(eml_bytes(written, at=AT))
    plain, html = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert html is not None
    assert plain.get_content().replace("\r\n", "\n") == written.text
    assert html.get_content().replace("\r\n", "\n") == written.html
    assert plain.get_content_charset() == html.get_content_charset() == "utf-8"


def test_a_draft_keeps_to_the_lines_and_letters_that_mail_can_carry(
    an_application: Application,
) -> None:
    raw = eml_bytes(letter(an_application), at=AT)
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998


def test_the_same_letter_gives_the_same_bytes(an_application: Application) -> None:
    assert eml_bytes(letter(an_application), at=AT) == eml_bytes(letter(an_application), at=AT)
    assert eml_bytes(letter(an_application, "token-2"), at=AT) != eml_bytes(
        letter(an_application), at=AT
    )


@pytest.mark.parametrize(
    "address", ["yume..hara.@example.jp", ".yume@example.jp", "yume+hara@example.jp"]
)
def test_addresses_that_carriers_once_gave_out_are_written_so_that_they_arrive(
    with_person: Change, address: str
) -> None:
    message = parsed(eml_bytes(letter(with_person(email=address)), at=AT))
    sent_to = message["To"].addresses[0]
    assert f"{sent_to.username}@{sent_to.domain}" == address


def test_a_name_with_commas_and_quotation_marks_is_one_name(with_person: Change) -> None:
    name = 'Yumehara, "Sora" <x@example.com>'
    message = parsed(eml_bytes(letter(with_person(name=name)), at=AT))
    assert len(message["To"].addresses) == 1
    assert message["To"].addresses[0].addr_spec == "yumehara@example.jp"


def test_the_list_of_links_opens_in_excel_and_says_whose_each_is(
    an_application: Application,
) -> None:
    raw = links_bytes([letter(an_application)])
    assert raw.startswith(b"\xef\xbb\xbf")
    assert rows(raw) == [
        ["応募ID", "氏名", "メールアドレス", "リンク", "期限", "言語"],
        [
            *("A-1", "夢原 空太", "yumehara@example.jp"),
            *("https://relay.example.jp/i/token-1", "2026/11/30", "ja"),
        ],
    ]


@pytest.mark.parametrize("name", ["=1+1", "+81", "-x", "@SUM(A1)"])
def test_nothing_in_the_list_is_run_by_a_spreadsheet(with_person: Change, name: str) -> None:
    assert rows(links_bytes([letter(with_person(name=name))]))[1][1] == f"'{name}"


def test_no_letters_give_a_list_with_a_header(tmp_path: Path) -> None:
    (only,) = write_letters([], tmp_path, at=AT)
    assert only.name == "links.csv"
    assert len(rows(only.read_bytes())) == 1


def test_every_letter_is_a_file_of_its_own_for_its_owner_alone(
    tmp_path: Path, an_application: Application
) -> None:
    english = replace(an_application, key="sheet:A-2", locale="en")
    folder = tmp_path / "letters"
    written = write_letters([letter(an_application), letter(english, "token-2")], folder, at=AT)
    assert [path.suffix for path in written] == [".eml", ".eml", ".csv"]
    assert written[0].name.startswith("A-1-")
    assert written[0].name.endswith(".ja.eml")
    assert written[1].name.endswith(".en.eml")
    assert {path.name for path in folder.iterdir()} == {path.name for path in written}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in written)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_no_file_is_named_after_a_person(tmp_path: Path, an_application: Application) -> None:
    for path in write_letters([letter(an_application)], tmp_path, at=AT):
        assert "夢原" not in path.name
        assert "yumehara" not in path.name


def test_writing_again_replaces_and_adds_nothing(
    tmp_path: Path, an_application: Application
) -> None:
    first = write_letters([letter(an_application)], tmp_path, at=AT)
    before = [path.read_bytes() for path in first]
    again = write_letters([letter(an_application)], tmp_path, at=AT)
    assert again == first
    assert [path.read_bytes() for path in again] == before
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize("key", ["sheet:../../etc/passwd", "sheet:a/b", "sheet:..", "sheet:応募1"])
def test_an_id_never_leads_out_of_the_folder(
    tmp_path: Path, an_application: Application, key: str
) -> None:
    folder = tmp_path / "letters"
    for path in write_letters([letter(replace(an_application, key=key))], folder, at=AT):
        assert path.parent == folder
    assert [path.name for path in tmp_path.iterdir()] == ["letters"]


def test_ids_that_look_alike_as_file_names_still_get_files_of_their_own(
    tmp_path: Path, an_application: Application
) -> None:
    letters = [letter(replace(an_application, key=key)) for key in ("sheet:a/b", "sheet:a?b")]
    assert len({path.name for path in write_letters(letters, tmp_path, at=AT)}) == 3


@settings(max_examples=80, deadline=None)
@given(name=st.text(min_size=1, max_size=40), position=st.text(max_size=40))
def test_whatever_a_name_or_position_holds_the_draft_has_one_recipient_and_its_own_headers(
    name: str, position: str
) -> None:
    application = Application(
        key="sheet:1",
        kind="mid-career",
        locale="ja",
        person=Person(name=f"夢{name.encode('utf-8', 'ignore').decode()}", email="a@example.jp"),
        career=Career(),
        selection=Selection(
            outcome="rejected", position=position.encode("utf-8", "ignore").decode()
        ),
    )
    message = BytesParser(policy=policy.default).parsebytes(eml_bytes(letter(application), at=AT))
    assert [address.addr_spec for address in message["To"].addresses] == ["a@example.jp"]
    assert {header.lower() for header in message} == {
        *("from", "to", "subject", "date", "x-unsent", "mime-version"),
        *("content-type", "content-language"),
    }


@settings(max_examples=80, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=20), min_size=1, max_size=5))
def test_whatever_the_names_the_list_has_one_line_each_and_runs_nothing(names: list[str]) -> None:
    clean = [name.encode("utf-8", "ignore").decode() or "x" for name in names]
    letters = [replace(PLAIN, to_name=name) for name in clean]
    written = rows(links_bytes(letters))[1:]
    assert len(written) == len(letters)
    for cell, name in zip((row[1] for row in written), clean, strict=True):
        assert cell in {name, f"'{name}"}
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))


PLAIN = Letter(
    application="sheet:1",
    language="ja",
    sender="saiyo@example.jp",
    to_name="夢原 空太",
    to_address="yumehara@example.jp",
    subject="選考結果",
    text="本文\n",
    html="<p>本文</p>",
    link="https://relay.example.jp/i/token-1",
    expires_on=date(2026, 11, 30),
)
