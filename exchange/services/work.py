"""What every use case is handed: one transaction, the keys, the scheme and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy.orm import Session

from exchange.domain.errors import StepRefusedError
from exchange.store import scheme as scheme_rows
from exchange.vault.keyring import Keyring
from relay_protocol import rules as protocol_rules
from relay_protocol.rules import Adoption, Rules

ADOPTIONS = "adoptions"
"""Where a session keeps what it has read of the rules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """What the scheme opened with; it never changes.

    Attributes:
        origin: the ledger's name, its address without the scheme part.
        web_origin: the hub's address, which tokens and passkeys are made for.
        rp_id: the host that passkeys belong to.
        operator: slug of the consortium's office.
        ledger_vkey: the log's verifier key.
    """

    name: str
    name_en: str
    origin: str
    web_origin: str
    rp_id: str
    operator: str
    ledger_vkey: str
    demo: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An attestation that a unit of work has taken, and the organizations whose act it shows.

    Attributes:
        parties: who made it, and whom its entry names.
    """

    attestation_id: str
    parties: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One unit of work: whatever happens in it happens wholly or not at all.

    Attributes:
        told: what it has attested so far, in order, for the receipts.
    """

    session: Session
    keyring: Keyring
    scheme: Scheme
    now: datetime
    told: list[Told] = field(default_factory=list)


def load_scheme(session: Session) -> Scheme | None:
    """Return the scheme that the database holds, or None before it is opened."""
    row = scheme_rows.scheme(session)
    if row is None:
        return None
    return Scheme(
        name=row.name,
        name_en=row.name_en,
        origin=row.origin,
        web_origin=row.web_origin,
        rp_id=row.rp_id,
        operator=row.operator,
        ledger_vkey=row.ledger_vkey,
        demo=row.demo,
    )


def adoptions(session: Session) -> list[Adoption]:
    """Return every version of the rules that was adopted, in the order of adoption.

    They are read once a transaction: every attestation asks for them.
    """
    kept: list[Adoption] | None = session.info.get(ADOPTIONS)
    if kept is None:
        kept = session.info[ADOPTIONS] = [
            Adoption(rules=Rules.from_document(_mapping(row)), valid_from=row.valid_from)
            for row in scheme_rows.adopted_rules(session)
        ]
    return kept


def read_adoptions_again(session: Session) -> None:
    """Forget what was read of the rules, because a version has just been adopted."""
    session.info.pop(ADOPTIONS, None)


def rules_by_version(session: Session, version: str) -> Rules:
    """Return one adopted version of the rules.

    Raises:
        RulesError: no such version was adopted.
    """
    return protocol_rules.of_version(adoptions(session), version)


def rules_now(work: Work) -> Rules:
    """Return the rules in force at this moment.

    Raises:
        StepRefusedError: no rules have been adopted yet.
    """
    rules = _in_force(work)
    if rules is None:
        raise StepRefusedError(
            "The scheme has no rules in force yet.",
            mend="Adopt a version with `exchange rules adopt`.",
            detail_ja="有効な規約の数値が、まだありません。",
            mend_ja="`exchange rules adopt` で採択してください。",
        )
    return rules


def version_now(work: Work) -> str:
    """Return the version of the rules in force, or "" before the first."""
    rules = _in_force(work)
    return "" if rules is None else rules.version


def local_day(work: Work) -> date:
    """Return the day it is for the scheme; UTC before any rules are in force."""
    rules = _in_force(work)
    return work.now.date() if rules is None else protocol_rules.local_day(work.now, rules)


def _in_force(work: Work) -> Rules | None:
    """Return the rules in force now, or None before the first."""
    adopted = adoptions(work.session)
    # A day begins where the version adopted last says; UTC decides nothing but which one is last.
    for adoption in reversed(adopted):
        if adoption.valid_from <= protocol_rules.local_day(work.now, adoption.rules):
            return adoption.rules
    return None


def _mapping(row: scheme_rows.RulesRow) -> Mapping[str, object]:
    """Return a stored rules document as the mapping that it is."""
    return row.document if isinstance(row.document, Mapping) else {}
