"""Sentences that people read, in the two languages of the scheme, kept where they are said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from relay_protocol import codes, spoken

Language = Literal["en", "ja"]

LANGUAGES: tuple[Language, Language] = ("en", "ja")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One sentence in English and in Japanese; `{name}` in it stands for a value."""

    en: str
    ja: str

    def filled(self, **values: "str | int | Words") -> "Words":
        """Return the sentence with its values set in; a value may itself be in two languages."""
        return Words(
            en=self.en.format(**{name: _said(value, "en") for name, value in values.items()}),
            ja=self.ja.format(**{name: _said(value, "ja") for name, value in values.items()}),
        )

    def into(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.ja if language == "ja" else self.en


def _said(value: str | int | Words, language: Language) -> str:
    return value.into(language) if isinstance(value, Words) else str(value)


def same(text: str) -> Words:
    """Return words that read alike in both languages: a number, a column's own name."""
    return Words(en=text, ja=text)


def label(code_kind: str, code: str) -> Words:
    """Return the words for a code of the protocol's closed lists, "" for an absent code."""
    if not code:
        return same("")
    return Words(
        en=codes.label(code_kind, code, "en"),
        ja=codes.label(code_kind, code, "ja"),
    )


def language_of(wish: str | None, environment: Mapping[str, str]) -> Language:
    """Return the language to speak: what was asked for, else what the terminal is set to.

    Args:
        wish: what --lang says, or None.
        environment: the process's variables.
    """
    return spoken.language_of(() if wish is None else ("--lang", wish), environment)
