"""The letter by which a candidate learns from us, not from the hub, whom we gave their contact."""

from datetime import date
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from career_relay.application import Application
from career_relay.config import Company
from career_relay.words import Language, Words

_SUBJECT = Words(
    en="We passed your contact on to {agency}",
    ja="{agency}に、あなたの連絡先をお伝えしました",
)
_BODY = Words(
    en="""\
Dear {name},

On {day} we passed your contact on to {agency} (licence {licence}), and to nobody else.
What we passed on: {items}.
We did so because you accepted this agency's request on your own page.

If it was not you who accepted, tell us at once: {contact}
On your own page you can stop everything at any time.

{company}
""",
    ja="""\
{name} 様

{day}、{agency}(許可番号 {licence})だけに、あなたの連絡先をお伝えしました。
お伝えした内容: {items}
あなた専用のページで、この紹介会社からの打診を承諾されたためです。

お心当たりがない場合は、すぐにお知らせください: {contact}
あなた専用のページから、いつでもすべてを止められます。

{company}
""",
)
_ITEMS = {
    "name": Words(en="name", ja="氏名"),
    "kana": Words(en="reading of the name", ja="フリガナ"),
    "email": Words(en="e-mail address", ja="メールアドレス"),
    "phone": Words(en="telephone number", ja="電話番号"),
}


def provision_eml(
    application: Application,
    company: Company,
    *,
    agency: str,
    licence: str,
    items: tuple[str, ...],
    on: date,
) -> bytes:
    """Return the letter as a draft that mail programs open (RFC 5322, X-Unsent).

    Args:
        application: whose contact was passed on.
        company: who signs, and whom to ask.
        agency: the name of the agency that got it.
        licence: the agency's licence number.
        items: what was passed on.
        on: the day in Japan.
    """
    language = application.locale
    person = application.person
    values = {
        "name": person.name,
        "day": _day(on, language),
        "agency": agency,
        "licence": licence,
        "items": _listed(items, language),
        "contact": company.contact,
        "company": company.called(language),
    }
    message = EmailMessage(policy=SMTP)
    local, _, domain = person.email.rpartition("@")
    message["From"] = company.sender
    message["To"] = Address(
        display_name=" ".join(person.name.split()), username=local, domain=domain
    )
    message["Subject"] = " ".join(_SUBJECT.into(language).format(**values).split())
    message["X-Unsent"] = "1"
    message.set_content(_BODY.into(language).format(**values), cte="base64")
    # After the content, which would take it away.
    message["Content-Language"] = language
    return message.as_bytes()


def _listed(items: tuple[str, ...], language: Language) -> str:
    mark = "、" if language == "ja" else ", "
    return mark.join(_ITEMS[item].into(language) for item in items)


def _day(day: date, language: Language) -> str:
    if language == "ja":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {day.strftime('%B %Y')}"
