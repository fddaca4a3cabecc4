"""What is kept under a candidate's own key: small documents, opened only where they are needed."""

from collections.abc import Mapping

from exchange.domain.errors import NotFoundError
from exchange.services.work import Work
from exchange.store import candidates as candidate_rows
from exchange.vault import person_keys
from exchange.vault.person_keys import PersonKey
from relay_protocol import canonical
from relay_protocol.canonical import Encodable, Value

FORM = "form"
ADDED = "added"
LISTED = "listed"
EXCLUSIONS = "exclusions"
MESSAGE = "message"


def key_of(work: Work, candidate_id: str) -> PersonKey:
    """Return a candidate's data key.

    Raises:
        NotFoundError: there is no such candidate.
    """
    row = candidate_rows.candidate(work.session, candidate_id)
    if row is None:
        raise NotFoundError("There is no such page.", detail_ja="このページはありません。")
    return person_keys.unwrap(work.keyring, candidate_id, row.wrapped_key)


def sealed(key: PersonKey, purpose: str, document: Mapping[str, Encodable]) -> bytes:
    """Return a document sealed under a person's key for one purpose."""
    return key.seal(canonical.encode(document), purpose)


def opened(key: PersonKey, purpose: str, kept: bytes | None) -> dict[str, Value]:
    """Return a document that sealed() made; an empty one where nothing is kept."""
    if kept is None:
        return {}
    document = canonical.decode(key.open(kept, purpose))
    if not isinstance(document, dict):
        message = f"what was sealed as {purpose} is no document"
        raise TypeError(message)
    return document
