"""The forms that a single value of an attestation may have, none of which is free text."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol, TypeGuard

from relay_protocol import ids, jwk
from relay_protocol.canonical import MAX_INTEGER, Value
from relay_protocol.encoding import b64url_decode
from relay_protocol.errors import AttestationError, CanonicalError, NoteError, RulesError
from relay_protocol.note import VerifierKey
from relay_protocol.rules import Rules

HASH_BYTES = 32
MAX_CREDENTIAL_BYTES = 1023
"""The longest credential id there is (WebAuthn level 3, section 4)."""

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_MONTH = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_CORPORATE_DIGITS = re.compile(r"[1-9][0-9]{12}", re.ASCII)


class Form(Protocol):
    """What a value is checked against."""

    @property
    def name(self) -> str:
        """What a value of this form is, as a noun with its article."""

    def check(self, value: Value, place: str) -> None:
        """Refuse, with AttestationError naming the place, a value of another form."""


PLAIN_TEXT = r'"[ !#-\[\]-~]*"'
"""The JSON of a string that is written as it stands: printable ASCII, no quote, no backslash."""

NOTHING = r"(?!)"
"""The expression that no text matches."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeafForm:
    """The form of one value that holds no other.

    Attributes:
        accepts: whether a value is of the form.
        json: an expression for the canonical JSON of its values, which may leave some out.
        decides: whether nothing but values of the form matches the expression.
    """

    name: str
    accepts: Callable[[Value], bool]
    json: str = PLAIN_TEXT
    decides: bool = False

    def check(self, value: Value, place: str) -> None:
        """Refuse a value that the predicate does not accept."""
        if not self.accepts(value):
            raise AttestationError(f"{place} is not {self.name}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListForm:
    """The form of a list, each value of which has one form.

    Attributes:
        order: the sequence in which the values stand, each at most once; None: any order.
        sorted_once: the values stand sorted, each at most once.
    """

    name: str
    of: Form
    least: int = 0
    most: int
    order: Sequence[Value] | None = None
    sorted_once: bool = False

    def check(self, value: Value, place: str) -> None:
        """Refuse what is no such list, and name the first value that does not fit."""
        if not isinstance(value, list) or not self.least <= len(value) <= self.most:
            raise AttestationError(f"{place} is not {self.name}")
        for index, inner in enumerate(value):
            self.of.check(inner, f"{place}/{index}")
        if self.order is not None and value != [code for code in self.order if code in value]:
            raise AttestationError(f"{place} is not in its one order, each value once")
        if self.sorted_once and value != sorted({str(inner) for inner in value}):
            raise AttestationError(f"{place} is not sorted, each value once")


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordForm:
    """The form of an object with exactly these members."""

    name: str
    of: Mapping[str, Form]

    def check(self, value: Value, place: str) -> None:
        """Refuse what is no object with exactly these members, each of its form."""
        if not isinstance(value, dict):
            raise AttestationError(f"{place} is not {self.name}")
        for member in sorted(value.keys() ^ self.of.keys()):
            stands = "does not belong there" if member in value else "is missing"
            raise AttestationError(f"{place}/{member} {stands}")
        for member, form in self.of.items():
            form.check(value[member], f"{place}/{member}")


def leaves(form: Form) -> Iterator[LeafForm]:
    """Return every form of a single value that a form is made of."""
    if isinstance(form, LeafForm):
        yield form
    elif isinstance(form, ListForm):
        yield from leaves(form.of)
    elif isinstance(form, RecordForm):
        for member in form.of.values():
            yield from leaves(member)


def is_date(value: Value) -> TypeGuard[str]:
    """Return whether a value is a day of the calendar, written YYYY-MM-DD."""
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def is_month(value: Value) -> TypeGuard[str]:
    """Return whether a value is a month, written YYYY-MM."""
    return isinstance(value, str) and _MONTH.fullmatch(value) is not None and value[:4] != "0000"


def is_corporate_number(value: Value) -> TypeGuard[str]:
    """Return whether a value is a corporate number (法人番号) of 13 digits that check.

    The first digit is 9 minus the remainder by 9 of the sum of the others, counted from the
    right and taken once and twice in turn (Order on Corporate Numbers, article 2).
    """
    if not isinstance(value, str) or not _CORPORATE_DIGITS.fullmatch(value):
        return False
    digits = [int(digit) for digit in reversed(value[1:])]
    weighted = sum(digit * (1 + place % 2) for place, digit in enumerate(digits))
    return int(value[0]) == 9 - weighted % 9


def pattern(name: str, expression: str) -> LeafForm:
    """Return the form of strings that match an expression from end to end.

    Args:
        name: what such a string is.
        expression: of strings that JSON writes as they stand. One that looks at the string's
            end is of no use within a longer text.
    """
    compiled = re.compile(expression, re.ASCII)
    stands_alone = r"\Z" not in expression
    return LeafForm(
        name=name,
        accepts=lambda value: isinstance(value, str) and compiled.fullmatch(value) is not None,
        json=f'"(?:{expression})"' if stands_alone else PLAIN_TEXT,
        decides=stands_alone,
    )


def code(name: str, codes: Sequence[str]) -> LeafForm:
    """Return the form of strings out of a closed list, each written in JSON as it stands."""
    known = frozenset(codes)
    return LeafForm(
        name=name,
        accepts=lambda value: isinstance(value, str) and value in known,
        json=f'"(?:{"|".join(map(re.escape, codes))})"',
        decides=True,
    )


def number(name: str, least: int, most: int = MAX_INTEGER) -> LeafForm:
    """Return the form of integers of a range, both ends included; true is no integer."""
    return LeafForm(
        name=name,
        accepts=lambda value: type(value) is int and least <= value <= most,
        json=r"(?:0|[1-9][0-9]{0,15})",
    )


def octets(name: str, least: int, most: int) -> LeafForm:
    """Return the form of base64url texts of so many bytes."""

    def accepts(value: Value) -> bool:
        if not isinstance(value, str):
            return False
        try:
            return least <= len(b64url_decode(value)) <= most
        except CanonicalError:
            return False

    return LeafForm(
        name=name,
        accepts=accepts,
        json=f'"{_letters(least)}"' if least == most else PLAIN_TEXT,
        decides=least == most,
    )


def _letters(count: int) -> str:
    """Return the expression of the base64url texts of so many bytes: unused bits are zero."""
    whole, rest = divmod(count, 3)
    last = ("", "[A-Za-z0-9_-][AQgw]", "[A-Za-z0-9_-]{2}[AEIMQUYcgkosw048]")[rest]
    return f"[A-Za-z0-9_-]{{{4 * whole}}}{last}"


def or_empty(form: LeafForm) -> LeafForm:
    """Return a form that also takes the empty string, for what there may be none of."""
    return LeafForm(
        name=f"{form.name}, or empty",
        accepts=lambda value: value == "" or form.accepts(value),
        json=f'(?:""|{form.json})',
        decides=form.decides,
    )


def id_of(prefix: str, name: str) -> LeafForm:
    """Return the form of ids with a prefix."""
    return LeafForm(
        name=name,
        accepts=lambda value: isinstance(value, str) and ids.is_id(prefix, value),
        json=f'"{prefix}_[0-7][0-9a-hjkmnp-tv-z]{{25}}"',
        decides=True,
    )


def subset(name: str, codes: Sequence[str], *, least: int = 0) -> ListForm:
    """Return the form of lists out of a closed list, in its order, each code at most once."""
    return ListForm(
        name=name, of=code(f"one of {name}", codes), least=least, most=len(codes), order=codes
    )


def _is_key(value: Value) -> bool:
    """Return whether a value is a JWK of Ed25519 or P-256."""
    try:
        jwk.to_key(value)
    except AttestationError:
        return False
    return True


def _is_log_key(value: Value) -> bool:
    """Return whether a value is the verifier key of a log."""
    if not isinstance(value, str):
        return False
    try:
        return VerifierKey.parse(value).encode() == value
    except NoteError:
        return False


def _is_rules_document(value: Value) -> bool:
    """Return whether a value is the document of a version of the rules, all numbers and codes."""
    try:
        return isinstance(value, dict) and Rules.from_document(value).document() == value
    except RulesError:
        return False


BOOLEAN = LeafForm(
    name="true or false",
    accepts=lambda value: isinstance(value, bool),
    json="(?:true|false)",
    decides=True,
)
SLUG = pattern("an organization's slug", r"[a-z][a-z0-9-]{1,30}")
DATE = LeafForm(name="a date", accepts=is_date)
MONTH = LeafForm(name="a month", accepts=is_month)
VERSION = pattern(
    "a version such as 2026-12-A",
    r"(?:[a-z]{1,12}-)?[0-9]{1,4}(?:[.-][0-9]{1,2}){0,2}(?:-[A-Za-z][A-Za-z0-9]{0,11})?",
)
DIGEST = octets("a SHA-256 digest", HASH_BYTES, HASH_BYTES)
KID = octets("a key's thumbprint", HASH_BYTES, HASH_BYTES)
CREDENTIAL = octets("a passkey's credential id", 1, MAX_CREDENTIAL_BYTES)
ATTESTATION_ID = octets("an attestation's id", ids.ID_BYTES, ids.ID_BYTES)
# Objects and whole documents: what is exact reads them, not an expression.
KEY = LeafForm(name="a JSON Web Key of Ed25519 or P-256", accepts=_is_key, json=NOTHING)
LOG_KEY = LeafForm(name="a log's verifier key", accepts=_is_log_key)
CORPORATE_NUMBER = LeafForm(name="a corporate number", accepts=is_corporate_number)
LICENCE = pattern(
    "an agency's licence number", r"(?:0[1-9]|[1-3][0-9]|4[0-7])-[\u30e6\u30e0]-[0-9]{6}"
)
"""The ministry's number: prefecture, ユ for a paid or ム for an unpaid agency, six digits."""
PAIRWISE_ID = LeafForm(
    name="a pairwise id",
    accepts=lambda value: isinstance(value, str) and ids.is_pairwise_id(value),
)
LOG_NAME = pattern(
    "a log's name",
    r"(?=.{1,200}\Z)(?=[0-9.-]*[a-z])[a-z0-9][a-z0-9.-]*(?::[0-9]{1,5})?(?:/[a-z0-9][a-z0-9._-]*)*",
)
WEB_ORIGIN = pattern(
    "a web origin",
    r"(?=.{1,200}\Z)(?:https://[a-z0-9][a-z0-9.-]*|http://localhost)(?::[0-9]{1,5})?",
)
HOST = pattern("a host's name", r"(?=.{1,200}\Z)(?=[0-9.-]*[a-z])[a-z0-9][a-z0-9.-]*")
ACCOUNT = pattern(
    "an account",
    r"(?:points|slots):[a-z][a-z0-9-]{1,30}:"
    r"(?:available|reserved|debt|net|issue|convert|expired|adjust)",
)
RULES_DOCUMENT = LeafForm(name="a document of rules", accepts=_is_rules_document, json=NOTHING)
