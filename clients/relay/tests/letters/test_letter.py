"""One letter: filled in for one person, and only where there is somebody to write to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser

import pytest

from career_relay.application import Application
from career_relay.config import Company
from career_relay.letters.letter import Letter, LetterError, compose
from career_relay.letters.templates import LetterTemplate, choose_template
from career_relay.words import LANGUAGES, Language

Change = Callable[..., Application]
COMPANY = Company(
    name="株式会社みらい製作所",
    name_en="Mirai Works",
    contact="saiyo@example.jp",
    sender="採用担当 <saiyo@example.jp>",
)
LINK = "https://relay.example.jp/i/token_-123"
EXPIRES_ON = date(2026, 11, 30)
SHORT = LetterTemplate(
    subject="{position} / {company}", body="{name}\n{link}\n{expires_on}\n{contact}\n"
)


def letter(application: Application, template: LetterTemplate = SHORT) -> Letter:
    return compose(application, template, COMPANY, link=LINK, expires_on=EXPIRES_ON)


def test_every_place_is_filled_in(an_application: Application) -> None:
    written = letter(an_application)
    assert written.subject == "バックエンドエンジニア / 株式会社みらい製作所"
    assert written.text == f"夢原 空太\n{LINK}\n2026年11月30日\nsaiyo@example.jp\n"
    assert written.to_name == "夢原 空太"
    assert written.to_address == "yumehara@example.jp"
    assert written.application == "sheet:A-1"
    assert written.language == "ja"
    assert written.link == LINK
    assert written.expires_on == EXPIRES_ON


def test_an_english_letter_has_english_names_and_dates(an_application: Application) -> None:
    written = letter(replace(an_application, locale="en"))
    assert written.language == "en"
    assert "Mirai Works" in written.subject
    assert "30 November 2026" in written.text


def test_the_language_can_be_asked_for(an_application: Application) -> None:
    written = compose(
        an_application, SHORT, COMPANY, link=LINK, expires_on=EXPIRES_ON, language="en"
    )
    assert written.language == "en"
    assert "30 November 2026" in written.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_letter_leaves_no_place_unfilled(
    an_application: Application, language: Language
) -> None:
    written = letter(replace(an_application, locale=language), choose_template(language, None))
    assert "{" not in written.text + written.subject
    assert "夢原 空太" in written.text
    assert LINK in written.text


@pytest.mark.parametrize("changes", [{"name": ""}, {"email": ""}])
def test_without_a_name_or_an_address_there_is_no_letter(
    with_person: Change, changes: dict[str, str]
) -> None:
    with pytest.raises(LetterError) as refusal:
        letter(with_person(**changes))
    assert "sheet:A-1" in refusal.value.said.en


@pytest.mark.parametrize("missing", ["contact", "sender"])
def test_a_letter_that_nobody_signs_is_not_written(
    an_application: Application, missing: str
) -> None:
    nobody = replace(COMPANY, **{missing: ""})
    with pytest.raises(LetterError) as refusal:
        compose(an_application, SHORT, nobody, link=LINK, expires_on=EXPIRES_ON)
    assert "[company]" in refusal.value.mend.en


def test_a_company_without_any_name_writes_no_letter(an_application: Application) -> None:
    with pytest.raises(LetterError):
        compose(
            an_application,
            SHORT,
            replace(COMPANY, name="", name_en=""),
            link=LINK,
            expires_on=EXPIRES_ON,
        )


@pytest.mark.parametrize(("locale", "said"), [("ja", "当社"), ("en", "the position you chose")])
def test_without_a_position_the_letter_still_reads(
    with_selection: Change, locale: Language, said: str
) -> None:
    application = replace(with_selection(position=""), locale=locale)
    assert letter(application).subject.startswith(said)


def test_a_line_break_in_a_position_or_name_never_reaches_a_header(
    with_selection: Change, an_application: Application
) -> None:
    broken = with_selection(position="営業\r\nBcc: everyone@example.com")
    assert "\n" not in letter(broken).subject
    assert "\r" not in letter(broken).subject
    person = replace(an_application.person, name="夢原\r\n空太")
    assert letter(replace(an_application, person=person)).to_name == "夢原 空太"


def test_braces_in_a_name_are_a_name(with_person: Change) -> None:
    assert letter(with_person(name="{link} {0}")).text.startswith("{link} {0}\n")


class Page(HTMLParser):
    """Collects the links and the text of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str | None] = []
        self.tags: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag == "a":
            self.links.append(dict(attrs)["href"])

    def handle_data(self, data: str) -> None:
        self.words += data


def test_the_html_says_the_same_and_its_one_link_is_the_private_one(
    an_application: Application,
) -> None:
    written = letter(an_application, choose_template("ja", None))
    page = Page(written.html)
    assert page.links == [LINK]
    assert "".join(page.words.split()) == "".join(written.text.split())
    assert page.tags == {"html", "meta", "body", "p", "br", "a"}


def test_what_people_wrote_is_text_in_the_html(with_person: Change) -> None:
    page = Page(letter(with_person(name='<script src="//example.com">&')).html)
    assert "script" not in page.tags
    assert '<script src="//example.com">&' in page.words
