"""One letter: a template filled in for one person, as plain text and as simple HTML."""

from dataclasses import dataclass
from datetime import date
from html import escape

from career_relay.application import Application
from career_relay.config import Company
from career_relay.errors import RelayError
from career_relay.letters.templates import LetterTemplate
from career_relay.words import Language, Words

_NO_POSITION = Words(en="the position you chose", ja="当社")


class LetterError(RelayError):
    """A letter cannot be written: nobody to write to, or nobody who signs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A letter ready to be sent, with what the mail merge needs beside it."""

    application: str
    language: Language
    sender: str
    to_name: str
    to_address: str
    subject: str
    text: str
    html: str
    link: str
    expires_on: date


def compose(
    application: Application,
    template: LetterTemplate,
    company: Company,
    *,
    link: str,
    expires_on: date,
    language: Language | None = None,
) -> Letter:
    """Return the letter to one person.

    Args:
        application: whose decision it tells.
        template: the words.
        company: who signs, and whom to ask.
        link: the private link.
        expires_on: the last day on which the link opens.
        language: of names and dates; the person's own where none is given.

    Raises:
        LetterError: the person has no name or address, or the company no name, contact or sender.
    """
    person, spoken = application.person, language or application.locale
    if not person.name or not person.email:
        raise LetterError(_NOBODY.filled(key=application.key))
    name = company.called(spoken)
    if not (name and company.contact and company.sender):
        raise LetterError(_NO_SENDER, _SENDER_MEND)
    values = {
        "name": person.name,
        "link": link,
        "company": name,
        "contact": company.contact,
        "position": _one_line(application.selection.position) or _NO_POSITION.into(spoken),
        "expires_on": _day(expires_on, spoken),
    }
    text = template.body.format(**values)
    return Letter(
        application=application.key,
        language=spoken,
        sender=company.sender,
        to_name=_one_line(person.name),
        to_address=person.email,
        subject=_one_line(template.subject.format(**values)),
        text=text,
        html=_html(text, link, spoken),
        link=link,
        expires_on=expires_on,
    )


def _day(day: date, language: Language) -> str:
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day.strftime('%B %Y')}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _html(text: str, link: str, language: Language) -> str:
    """Return the text as paragraphs, its link as a link, without any style of its own."""
    paragraphs = (part for part in text.split("\n\n") if part.strip())
    anchor = f'<a href="{escape(link)}">{escape(link)}</a>'
    body = "\n".join(
        "<p>"
        + escape(part.strip("\n")).replace(escape(link), anchor).replace("\n", "<br>\n")
        + "</p>"
        for part in paragraphs
    )
    head = f'<!doctype html>\n<html lang="{language}"><meta charset="utf-8">\n'
    return f"{head}<body>\n{body}\n</body></html>\n"


_NOBODY = Words(
    en="{key}: there is no name or no e-mail address to write to.",
    ja="{key}: 氏名かメールアドレスがないため、お手紙を書けません。",
)
_NO_SENDER = Words(
    en="A letter needs the company's name, contact and sender.",
    ja="お手紙には、会社名・問い合わせ先・差出人が必要です。",
)
_SENDER_MEND = Words(
    en="Write name, contact and sender under [company] in relay.toml.",
    ja="relay.tomlの[company]にname・contact・senderを書いてください。",
)
