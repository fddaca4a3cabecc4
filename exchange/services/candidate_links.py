"""The private link of a candidate: made once, shown once, and known here by its digest alone."""

import hmac
from hashlib import sha256
from secrets import token_bytes

from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.services.work import Work
from exchange.store import candidates as rows
from exchange.store.candidates import CandidateRow
from exchange.vault.keyring import Keyring
from relay_protocol.encoding import b64url_encode
from relay_protocol.ids import link_digest

PURPOSE = "candidate-links"
NONCE_BYTES = 32


def new_nonce() -> str:
    """Return a nonce for one form of consent: 32 random bytes as base64url."""
    return b64url_encode(token_bytes(NONCE_BYTES))


def token_of(keyring: Keyring, referral_id: str, nonce: str) -> str:
    """Return the token of the link that a form of consent leads to.

    It follows from the form's nonce and the hub's own key: a form that is sent twice gives one
    link, and nothing that the hub keeps gives it again.
    """
    message = f"{referral_id}\x00{nonce}".encode()
    return b64url_encode(hmac.digest(keyring.derive(PURPOSE), message, sha256))


def candidate_of(work: Work, token: str) -> Actor:
    """Return the candidate whose link has this token.

    Raises:
        NotFoundError: no candidate has this link; a mistyped and an erased one look alike.
    """
    row = rows.by_link(work.session, link_digest(token))
    if row is None:
        raise _not_found()
    return Actor(kind="candidate", candidate_id=row.id)


def locked(work: Work, actor: Actor) -> CandidateRow:
    """Return a candidate's row for writing, so that acts about one candidate happen in turn.

    Raises:
        NotFoundError: the candidate was erased meanwhile.
    """
    row = rows.locked(work.session, actor.candidate_id)
    if row is None:
        raise _not_found()
    return row


def _not_found() -> NotFoundError:
    """Return the one refusal of links that lead nowhere."""
    return NotFoundError(
        "There is no page under this link.",
        mend="Check that the whole link was copied.",
        detail_ja="このリンクのページはありません。",
        mend_ja="リンクが途中で切れていないか、お確かめください。",
    )
