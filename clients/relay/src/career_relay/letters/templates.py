"""The words of the letter: our own in two languages, or the company's from a folder."""

from dataclasses import dataclass
from pathlib import Path
from string import Formatter

from career_relay.errors import RelayError
from career_relay.words import Language, Words

PLACEHOLDERS = ("name", "link", "company", "contact", "position", "expires_on")
_NEEDED_PLACES = ("link",)
_SUBJECT_MARKS = ("Subject:", "件名:", "件名\uff1a")

_JAPANESE = """\
件名: 選考結果のご連絡({company})

{name} 様

選考の結果、今回は採用を見送らせていただくことになりました。
{position}にご応募いただき、ありがとうございました。

この結果は変わりません。ご希望があれば、ほかの会社への紹介をお手伝いします。
次のページに、だれに何が伝わるかを書いています。ご覧のうえ、お選びください。
希望しない場合は、何もしなくてかまいません。何も変わらず、当社にも伝わりません。

{link}

このページは{name}様専用です。{expires_on}まで開けます。
紹介が採用につながると、当社は無償で人材紹介を受けられる枠を得ることがあります。

このご案内についてのお問い合わせ: {contact}

{company}
"""
_ENGLISH = """\
Subject: Your application to {company}

Dear {name},

We have decided not to offer you the position.
Thank you for applying to us for: {position}.

This decision will not change. If you wish, we help to introduce you elsewhere.
The page below says who would learn what. Read it, and choose.
If you do not wish it, you need not do anything. Nothing changes, and we are not told.

{link}

This page is yours alone. It opens until {expires_on}.
If it leads to a hire, we may receive a free placement.

Questions about this letter: {contact}

{company}
"""


class LetterTemplateError(RelayError):
    """A letter's template cannot be read, lacks its subject or link, or asks for what is not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterTemplate:
    """A subject and a body with places for names in braces."""

    subject: str
    body: str


def parse_template(text: str, source: str) -> LetterTemplate:
    """Return a template from its text: `Subject: …` (or `件名:`), an empty line, the body.

    Args:
        text: the whole of it.
        source: its name, for the refusal.

    Raises:
        LetterTemplateError: the subject or the link is missing, or a place has no such name.
    """
    head, _, body = text.lstrip("\ufeff").replace("\r\n", "\n").partition("\n")
    mark = next((mark for mark in _SUBJECT_MARKS if head.startswith(mark)), None)
    if mark is None:
        raise LetterTemplateError(_NO_SUBJECT.filled(source=source))
    template = LetterTemplate(subject=head.removeprefix(mark).strip(), body=body.strip("\n") + "\n")
    if not template.subject or "\r" in template.subject:
        raise LetterTemplateError(_NO_SUBJECT.filled(source=source))
    used = _places(template.subject, source) | _places(template.body, source)
    for name in sorted(used):
        if name not in PLACEHOLDERS:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise LetterTemplateError(
                _UNKNOWN.filled(source=source, name=name), _KNOWN.filled(known=known)
            )
    for name in _NEEDED_PLACES:
        if name not in _places(template.body, source):
            raise LetterTemplateError(_NEEDED.filled(source=source, name=name))
    return template


def choose_template(language: Language, folder: Path | None) -> LetterTemplate:
    """Return the company's template from its folder, else our own.

    Args:
        language: which letter.
        folder: may hold `rejection.ja.txt` and `rejection.en.txt` in UTF-8, or is None.

    Raises:
        LetterTemplateError: the file is there and cannot be used.
    """
    own = None if folder is None else folder / f"rejection.{language}.txt"
    if own is None or not own.exists():
        return parse_template(_JAPANESE if language == "ja" else _ENGLISH, "the letter")
    try:
        text = own.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LetterTemplateError(_NOT_TEXT.filled(source=own.name)) from error
    return parse_template(text, own.name)


def _places(text: str, source: str) -> set[str]:
    try:
        parts = list(Formatter().parse(text))
    except ValueError as error:
        raise LetterTemplateError(_BRACES.filled(source=source)) from error
    for _, name, shape, conversion in parts:
        if name is not None and (shape or conversion or not name.isidentifier()):
            raise LetterTemplateError(_BRACES.filled(source=source))
    return {name for _, name, _, _ in parts if name is not None}


_NO_SUBJECT = Words(
    en="{source}: the first line must begin with Subject: and name one.",
    ja="{source}: 最初の行は「件名:」で始め、件名を書いてください。",
)
_UNKNOWN = Words(
    en="{source}: nothing is called {{{name}}}.", ja="{source}: {{{name}}}という項目はありません。"
)
_KNOWN = Words(en="There are {known}.", ja="使えるのは{known}です。")
_NEEDED = Words(
    en="{source}: the letter must carry {{{name}}}.", ja="{source}: {{{name}}}が必要です。"
)
_NOT_TEXT = Words(
    en="{source}: cannot be read as UTF-8 text.", ja="{source}: UTF-8の文章として読めません。"
)
_BRACES = Words(
    en="{source}: only plain names may stand in braces; write {{{{ for a brace itself.",
    ja="{source}: 波括弧の中は項目名だけです。括弧そのものは{{{{と書いてください。",
)
