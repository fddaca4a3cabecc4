"""What a settlement must know, read from the ledger's own entries as an auditor reads them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from exchange.services import ledger
from exchange.services.work import Work
from exchange.store import hires as hire_rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store import referrals as referral_rows
from exchange.store.ledger import AttestationRow
from exchange.store.referrals import ReferralRow
from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.canonical import Value
from relay_protocol.entry import Entry
from relay_protocol.facts import (
    Fact,
    Introduced,
    Kept,
    Left,
    OfferEnded,
    Started,
    Withdrawn,
)
from relay_protocol.rules import Adoption, Rules

KINDS: Final = (
    "introduction.made",
    "consent.withdrawn",
    "hire.reported",
    "hire.confirmed",
    "fact.kept",
)
"""The kinds of attestations that a settlement reads."""
ENDED: Final = ("left", "offer-declined")
ENDLESS: Final = 2**53
"""More than any ledger holds: no limit, and the place of what still waits for one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An attestation at its place.

    Attributes:
        seq: its number in the ledger, or ENDLESS while it waits for one.
        rules: the version that its entry names.
    """

    seq: int
    rules: str
    said: Attestation

    def text(self, name: str) -> str:
        """Return a text of the body."""
        return str(self.said.body[name])

    def ref(self, name: str) -> str:
        """Return an id that it refers to."""
        return self.said.refs[name]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Register:
    """Groups of organizations, as they were known at any place of the ledger.

    Attributes:
        groups: by slug.
        hirers: by 法人番号, the group and the place from which it is known.
    """

    groups: dict[str, str]
    hirers: dict[str, tuple[int, str]]

    def hirer_group(self, number: str, seq: int) -> str:
        """Return the group of who took part under a number by then; else that number."""
        since, group = self.hirers.get(number, (ENDLESS, number))
        return group if since < seq else number


def between(work: Work, first: int, cut: int) -> tuple[Fact, ...]:
    """Return the facts of the entries first ≤ seq < cut, in order, as settle() asks for them.

    Before them stands what was reported earlier of the end of hires confirmed in them.
    """
    told = list(_sequenced(work, first, cut))
    return tuple(_facts(work, [*_ended_before(work, told, first), *told]))


def since(work: Work, first: int) -> tuple[Fact, ...]:
    """Return the facts from an entry on, with those that still wait for their place."""
    told = [*_sequenced(work, first, ENDLESS), *_waiting(work)]
    return tuple(_facts(work, [*_ended_before(work, told, first), *told]))


def adoptions(session: Session, cut: int) -> tuple[Adoption, ...]:
    """Return every adoption of rules before a place of the ledger, in its order."""
    rows = ledger_rows.attestations_of_kinds(
        session, ("rules.adopted",), after=-1, before=cut, limit=ENDLESS
    )
    return tuple(_adoption(session, row) for row in rows)


def members(session: Session, cut: int) -> tuple[str, ...]:
    """Return the slugs of the members admitted before a place of the ledger."""
    return tuple(
        slug
        for slug, role, seq in _admissions(session)
        if role == "member" and seq is not None and seq < cut
    )


def _sequenced(work: Work, first: int, cut: int) -> Iterator[_Told]:
    """Give the held attestations of the entries first ≤ seq < cut."""
    rows = ledger_rows.attestations_of_kinds(
        work.session, KINDS, after=first - 1, before=cut, limit=ENDLESS
    )
    for row in rows:
        yield _told(work, row)


def _waiting(work: Work) -> Iterator[_Told]:
    """Give the held attestations that wait for their place."""
    for row, queued in ledger_rows.waiting_of_kinds(work.session, KINDS):
        yield _Told(seq=ENDLESS, rules=queued.rules, said=_opened(work, row))


def _ended_before(work: Work, told: Sequence[_Told], first: int) -> list[_Told]:
    """Return the earlier reports of the end of hires that are confirmed only now."""
    ended: dict[int, _Told] = {}
    for confirmed in (one for one in told if one.said.kind == "hire.confirmed"):
        row = work.session.get(hire_rows.HireRow, confirmed.ref("hire"))
        if row is None:
            continue
        for held in ledger_rows.of_candidate(work.session, row.candidate_id):
            if held.kind != "hire.reported" or held.seq is None or held.seq >= first:
                continue
            report = _told(work, held)
            if report.ref("hire") == row.id and report.text("event") in ENDED:
                ended[report.seq] = report
    return [ended[seq] for seq in sorted(ended)]


def _told(work: Work, row: AttestationRow) -> _Told:
    """Return an attestation that has its place."""
    seq = ENDLESS if row.seq is None else row.seq
    return _Told(seq=seq, rules=_entry(work.session, seq).rules, said=_opened(work, row))


def _opened(work: Work, row: AttestationRow) -> Attestation:
    """Return what a held attestation says."""
    reveal = ledger.reveal_of(work, row)
    if reveal is None:
        message = f"{row.kind} is no clear entry, and has no reveal"
        raise LookupError(message)
    return SignedAttestation(wire=reveal.signed).attestation


def _entry(session: Session, seq: int) -> Entry:
    """Return the entry at a place."""
    row = ledger_rows.entry(session, seq)
    if row is None:
        message = f"there is no entry {seq}"
        raise LookupError(message)
    return Entry.decode(row.entry)


def _facts(work: Work, told: Sequence[_Told]) -> Iterator[Fact]:
    """Give the facts that attestations tell of."""
    register = _register(work.session)
    for one in told:
        match one.said.kind:
            case "introduction.made":
                yield _introduced(work.session, one, register)
            case "consent.withdrawn":
                yield Withdrawn(referral=one.ref("referral"), at=one.said.at)
            case "hire.confirmed":
                yield _started(work.session, one, register)
            case "fact.kept":
                yield Kept.from_body(one.said.body, one.rules)
            case _ if one.text("event") == "left":
                yield Left(hire=one.ref("hire"), on=_day(one))
            case _ if one.text("event") == "offer-declined":
                yield OfferEnded(hire=one.ref("hire"), on=_day(one))
            case _:
                pass


def _introduced(session: Session, told: _Told, register: _Register) -> Introduced:
    """Return an introduction, judged by the rules of its referral."""
    row = session.get(hire_rows.IntroductionRow, told.ref("introduction"))
    if row is None:
        message = "an introduction is attested that is not held"
        raise LookupError(message)
    referral = _referral(session, row.referral_id)
    return Introduced(
        id=row.id,
        referral=row.referral_id,
        origin=referral.origin,
        origin_group=register.groups[referral.origin],
        agency=told.said.by,
        agency_group=register.groups[told.said.by],
        hirer_group=register.hirer_group(told.text("hirer"), told.seq),
        at=told.said.at,
        rules=referral.rules,
    )


def _started(session: Session, told: _Told, register: _Register) -> Started:
    """Return the confirmation of a start, judged by the rules of its referral."""
    row = session.get(hire_rows.HireRow, told.ref("hire"))
    if row is None:
        message = "a hire is confirmed that is not held"
        raise LookupError(message)
    referral = _referral(session, row.referral_id)
    return Started(
        hire=row.id,
        referral=row.referral_id,
        origin=referral.origin,
        origin_group=register.groups[referral.origin],
        agency=row.agency,
        agency_group=register.groups[row.agency],
        hirer_group=register.hirer_group(row.hirer, told.seq),
        on=_day(told),
        confirmed_at=told.said.at,
        rules=referral.rules,
    )


def _referral(session: Session, referral_id: str) -> ReferralRow:
    """Return the referral behind a fact."""
    row = referral_rows.referral(session, referral_id)
    if row is None:
        message = "a fact is attested whose referral is not held"
        raise LookupError(message)
    return row


def _day(told: _Told) -> date:
    """Return the day that an attestation states."""
    return date.fromisoformat(told.text("on"))


def _register(session: Session) -> _Register:
    """Return the groups of all organizations."""
    places = {slug: seq for slug, _, seq in _admissions(session)}
    rows = organization_rows.organizations(session)
    return _Register(
        groups={row.slug: row.group_number for row in rows},
        hirers={
            row.corporate_number: (seq, row.group_number)
            for row in rows
            # The office itself is opened with the scheme, not admitted: as a hirer it is
            # whoever bears its number.
            if row.role != "operator" and (seq := places.get(row.slug)) is not None
        },
    )


def _admissions(session: Session) -> list[tuple[str, str, int | None]]:
    """Return slug and role of every organization, with the place of its admission."""
    return [
        (row.slug, row.role, None if held is None else held.seq)
        for row in organization_rows.organizations(session)
        for held in (ledger_rows.attestation(session, row.admission_id),)
    ]


def _adoption(session: Session, row: AttestationRow) -> Adoption:
    """Return the adoption that a clear entry states."""
    entry = _entry(session, ENDLESS if row.seq is None else row.seq)
    if entry.signed_bytes is None:
        message = "rules are adopted by an entry that is not clear"
        raise LookupError(message)
    body = SignedAttestation(wire=entry.signed_bytes).attestation.body
    document: Value = body["rules"]
    return Adoption(
        rules=Rules.from_document(document if isinstance(document, dict) else {}),
        valid_from=date.fromisoformat(str(body["valid_from"])),
    )
