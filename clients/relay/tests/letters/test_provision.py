"""The letter that tells a candidate whom their contact was passed on to."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest

from career_relay.application import Application
from career_relay.config import Company
from career_relay.letters.provision import provision_eml
from career_relay.words import Language

COMPANY = Company(
    name="株式会社みらい製作所",
    name_en="Mirai Works",
    contact="03-0000-0000 採用担当",
    sender="saiyo@mirai.example.jp",
)


def letter(application: Application, items: tuple[str, ...] = ("name", "email")) -> EmailMessage:
    raw = provision_eml(
        application,
        COMPANY,
        agency="さくらキャリア",
        licence="13-ユ-000000",
        items=items,
        on=date(2026, 12, 1),
    )
    parsed = message_from_bytes(raw, policy=default)
    assert isinstance(parsed, EmailMessage)
    return parsed


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (
            "ja",
            ["夢原 空太 様", "2026年12月1日", "さくらキャリア", "13-ユ-000000",
             "氏名、メールアドレス", "承諾された", "03-0000-0000", "株式会社みらい製作所"],
        ),
        (
            "en",
            ["Dear 夢原 空太", "1 December 2026", "さくらキャリア", "13-ユ-000000",
             "name, e-mail address", "you accepted", "03-0000-0000", "Mirai Works"],
        ),
    ],
)  # fmt: skip
def test_it_says_to_whom_what_when_and_whom_to_ask(
    an_application: Application, locale: Language, said: list[str]
) -> None:
    text = letter(replace(an_application, locale=locale)).get_content()
    for words in said:
        assert words in text


def test_it_opens_as_a_draft_from_the_company_to_the_person(an_application: Application) -> None:
    message = letter(an_application)
    assert message["From"] == "saiyo@mirai.example.jp"
    assert message["To"].addresses[0].addr_spec == "yumehara@example.jp"
    assert message["To"].addresses[0].display_name == "夢原 空太"
    assert message["X-Unsent"] == "1"
    assert message["Content-Language"] == "ja"
    assert "さくらキャリア" in message["Subject"]


def test_a_name_over_two_lines_stands_on_one(with_person: Callable[..., Application]) -> None:
    message = letter(with_person(name="夢原\n空太"))
    assert message["To"].addresses[0].display_name == "夢原 空太"


def test_only_what_was_passed_on_is_named(an_application: Application) -> None:
    text = letter(an_application, items=("name", "phone")).get_content()
    assert "電話番号" in text
    assert "メールアドレス" not in text
