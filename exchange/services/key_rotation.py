"""One key of the operator, the hub or the log following another, both standing for a while."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain.errors import AlreadyKnownError, NotFoundError, StepRefusedError
from exchange.services import own_keys
from exchange.services.ledger import Fact
from exchange.services.own_keys import IN_JAPANESE, OwnKey
from exchange.services.scheme import attest_as_operator
from exchange.services.work import Work
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import organizations as rows
from exchange.store.organizations import KeyRow
from relay_protocol import jwk
from relay_protocol.canonical import Value

OVERLAP: Final = timedelta(days=7)
"""So long both keys stand at least, so that everybody looks at the ledger meanwhile."""
HANDOVER: Final = timedelta(minutes=1)
"""So long acts may be under way that were signed with the key before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """A key that was revoked.

    Attributes:
        by: the newest of the keys that stand now.
        overlap: how long both stood.
    """

    name: str
    by: str
    overlap: timedelta

    @property
    def is_short(self) -> bool:
        """Whether some may not have seen that one key followed the other."""
        return self.overlap < OVERLAP


def undrawn(work: Work, purpose: str) -> Ed25519PrivateKey | None:
    """Return a key that was drawn for a purpose and never registered, or None.

    A crash between the file and the ledger leaves one: the next rotation goes on with it.
    """
    for key in reversed(work.keyring.held(purpose)):
        if not own_keys.is_own(work, jwk.kid_of(key.public_key())):
            return key
    return None


def is_under_way(work: Work, purpose: str) -> bool:
    """Return whether two keys of a purpose stand already."""
    return len(own_keys.standing(work, purpose)) > 1


def register(work: Work, purpose: str, key: Ed25519PrivateKey) -> str:
    """Register a key that follows those of a purpose, as the office's act; return its name.

    From then on the log signs with both, and operator and hub with the new one.

    Raises:
        StepRefusedError: two keys of this purpose stand already.
        AlreadyKnownError: the key is somebody's already.
    """
    rows.locked(work.session, work.scheme.operator, for_change=True)
    if is_under_way(work, purpose):
        raise StepRefusedError(
            f"Two keys of the {purpose} stand already.",
            mend=f"End the older one first: exchange keys retire {purpose}",
            detail_ja=f"{IN_JAPANESE[purpose]}の鍵は、すでに二つ有効です。",
            mend_ja=f"先に古いほうを失効させてください: exchange keys retire {purpose}",
        )
    members = jwk.from_key(key.public_key())
    name = jwk.thumbprint(members)
    if own_keys.is_own(work, name) or rows.key(work.session, name) is not None:
        raise AlreadyKnownError(
            "This key was registered before.", detail_ja="この鍵はすでに登録されています。"
        )
    _keep_first(work, purpose)
    body: dict[str, Value] = {
        "purpose": own_keys.PURPOSE_ON_LEDGER[purpose],
        "key": dict(members),
        "person": "",
        "credential": "",
    }
    fact = Fact(kind="key.registered", body=body)
    attestation = attest_as_operator(work, fact, orgs=(work.scheme.operator,))
    _add(work, purpose, members, attestation)
    own_keys.choose_again(work)
    return name


def retire(work: Work, purpose: str, *, name: str = "", at_once: bool = False) -> Retired:
    """Revoke a key of a purpose, as the office's act, signed by a key that goes on standing.

    Args:
        name: which one; the oldest unless told.
        at_once: whether it must be, although the overlap was short; in a demo it always may.

    Raises:
        NotFoundError: no key of that name stands.
        StepRefusedError: none would be left that stands in a published checkpoint and whose file
            is here, or the overlap was too short.
    """
    rows.locked(work.session, work.scheme.operator, for_change=True)
    stand = own_keys.standing(work, purpose)
    ending = next((key for key in stand if key.name == (name or stand[0].name)), None)
    if ending is None:
        raise NotFoundError(
            f"No key of the {purpose} of that name stands.",
            detail_ja=f"その名前の、有効な{IN_JAPANESE[purpose]}の鍵はありません。",
        )
    left = [key for key in stand if key != ending and _is_ready(work, key)]
    if not left:
        raise StepRefusedError(
            f"No other key of the {purpose} stands in a published checkpoint with its file here.",
            mend=f"Let another one follow first: exchange keys rotate {purpose}",
            detail_ja=f"公開済みの要約署名で有効な{IN_JAPANESE[purpose]}の鍵で、ファイルが"
            "ここにあるものは、ほかにありません。",
            mend_ja=f"先に次の鍵を登録してください: exchange keys rotate {purpose}",
        )
    newest = left[-1]
    overlap = _overlap(work, ending, newest)
    if overlap < HANDOVER:
        raise StepRefusedError(
            "Acts may still be under way that the older key has signed.",
            mend="Try again in a minute.",
            detail_ja="古い鍵で署名した処理が、まだ途中かもしれません。",
            mend_ja="一分ほどおいて、もう一度実行してください。",
        )
    retired = Retired(name=ending.name, by=newest.name, overlap=overlap)
    if retired.is_short and not (at_once or work.scheme.demo):
        raise StepRefusedError(
            f"Both keys of the {purpose} stood for less than {OVERLAP.days} days: whoever has not "
            "looked meanwhile will not know the newer one.",
            mend="Wait; or, if the older key is in the wrong hands, add --now.",
            detail_ja=f"{IN_JAPANESE[purpose]}の鍵が二つとも有効だった期間が {OVERLAP.days} 日に"
            "足りません。その間に台帳を見ていない人は、新しい鍵を知りません。",
            mend_ja="お待ちください。古い鍵が人の手に渡ったときは、--now を付けます。",
        )
    _keep_first(work, purpose)
    fact = Fact(kind="key.revoked", body={"kid": ending.name})
    attest_as_operator(work, fact, orgs=(work.scheme.operator,), but=ending.name)
    row = rows.key(work.session, ending.name)
    if row is not None:
        row.revoked_at = work.now
        work.session.flush()
    own_keys.choose_again(work)
    return retired


def _is_ready(work: Work, key: OwnKey) -> bool:
    """Return whether others can know a key, and this hub can sign with it."""
    published = checkpoint_rows.published_size(work.session)
    is_seen = key.seq is not None and key.seq < published
    return is_seen and work.keyring.key_of(key.purpose, key.name) is not None


def _overlap(work: Work, ending: OwnKey, newest: OwnKey) -> timedelta:
    """Return how long two keys have stood side by side."""
    began = [key.registered_at for key in (ending, newest) if key.registered_at is not None]
    return work.now - max(began) if began else OVERLAP


def _keep_first(work: Work, purpose: str) -> None:
    """Add the row of the key that entry 0 names; there is none until another one follows it."""
    ledgers = own_keys.PURPOSE_ON_LEDGER[purpose]
    if not rows.keys_ever(work.session, work.scheme.operator, purpose=ledgers):
        _add(work, purpose, own_keys.first_key(work, purpose), "")


def _add(work: Work, purpose: str, members: jwk.Jwk, attestation_id: str) -> None:
    """Add the row of a key."""
    work.session.add(
        KeyRow(
            name=jwk.thumbprint(members),
            slug=work.scheme.operator,
            purpose=own_keys.PURPOSE_ON_LEDGER[purpose],
            jwk=dict(members),
            user_id=None,
            attestation_id=attestation_id,
            registered_at=work.now,
            revoked_at=None,
        )
    )
    work.session.flush()
