"""The public key file: what an organization hands to the office to be admitted."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from career_relay.errors import KeyFileError, NotDueError
from career_relay.keys import PrivateKey, Purpose
from career_relay.words import Words
from relay_protocol import grammar, jwk
from relay_protocol.errors import AttestationError

_FORMS = {
    "slug": grammar.SLUG,
    "corporate_number": grammar.CORPORATE_NUMBER,
    "group": grammar.CORPORATE_NUMBER,
    "licence": grammar.or_empty(grammar.LICENCE),
    "licence_until": grammar.or_empty(grammar.DATE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """One public key with what it is for."""

    purpose: Purpose
    jwk: Mapping[str, str]

    @classmethod
    def of(cls, purpose: Purpose, key: PrivateKey) -> "PublicKey":
        """Return the public half of a private key."""
        return cls(purpose=purpose, jwk=jwk.from_key(key.public_key()))

    @property
    def kid(self) -> str:
        """The key's fingerprint, 43 letters (RFC 7638)."""
        return jwk.thumbprint(self.jwk)


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKeyFile:
    """Who an organization is, and its public keys; nothing in it is secret.

    Attributes:
        group: the 法人番号 of the group's head; the organization's own where it has none.
        licence: an agency's, `NN-ユ-NNNNNN`; "" for all others.
        licence_until: the licence's last day, `YYYY-MM-DD`, or "".
    """

    slug: str
    role: str
    name: str
    name_en: str
    corporate_number: str
    group: str
    licence: str
    licence_until: str
    contact: str
    keys: tuple[PublicKey, ...]

    def __post_init__(self) -> None:
        """Refuse what the office would refuse, before anybody sends it there."""
        for name, form in _FORMS.items():
            try:
                form.check(getattr(self, name), name)
            except AttestationError as error:
                raise _unfit(name, form.name) from error
        if (self.role == "agency") != bool(self.licence and self.licence_until):
            raise NotDueError(
                Words(
                    en="An agency, and nobody else, gives its licence and the licence's last day.",
                    ja="許可番号と有効期限は、紹介会社が、紹介会社だけが記入します。",
                )
            )

    def document(self) -> dict[str, object]:
        """Return the file as JSON."""
        texts: dict[str, object] = {name: getattr(self, name) for name in _TEXTS}
        return {**texts, "keys": [{"purpose": key.purpose, "jwk": key.jwk} for key in self.keys]}


_TEXTS = tuple(name for name in PublicKeyFile.__slots__ if name != "keys")


def keep(public: PublicKeyFile, path: Path) -> None:
    """Write the public key file.

    Raises:
        KeyFileError: there is one already, or none can be made.
    """
    text = json.dumps(public.document(), ensure_ascii=False, indent=2)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "wb") as file:
            file.write(f"{text}\n".encode())
    except OSError as error:
        raise KeyFileError(
            Words(
                en=f"{path} is there already, or cannot be written.",
                ja=f"{path} はすでにあるか、書き込めません。",
            )
        ) from error


def _unfit(name: str, form: str) -> NotDueError:
    return NotDueError(
        Words(en=f"{name} is not {form}.", ja=f"{name} の形式が正しくありません。"),
        Words(
            en="See `relay keys new --help` for an example.",
            ja="`relay keys new --help` の例をご覧ください。",
        ),
    )
