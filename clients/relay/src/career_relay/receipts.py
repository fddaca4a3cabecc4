"""Receipts of our own acts: fetched, checked against what was sent and what was seen, and kept."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Final, Literal, TypeAlias

from career_relay.assets import receipts as rows_of
from career_relay.assets import referrals
from career_relay.assets.receipts import Receipt
from career_relay.connection import Connection
from career_relay.errors import (
    DistrustError,
    HubAnswerError,
    HubRefusedError,
    HubUnreachableError,
    RelayError,
)
from career_relay.organization import Organization
from career_relay.pins import Proven
from career_relay.words import Words, same
from relay_protocol.errors import ProtocolError
from relay_protocol.proof import Proof
from relay_protocol.proof_file import decode_proof

State: TypeAlias = Literal["kept", "unwitnessed", "waiting", "unanswered", "late", "false"]

LATE_AFTER: Final = timedelta(days=1)
"""A receipt that has not come by then, though the hub has taken the act, is an alarm."""
AT_ONCE: Final = 20
"""How many receipts one command asks for; the next one asks for more."""
WAIT_S: Final = 2

_MISSING: Final = 404
_NOT_READY: Final = "receipt-not-ready"


@dataclass(kw_only=True)
class Completed:
    """What became of the receipts that were due.

    Attributes:
        kept: how many have come, and hold.
        waiting: how many have yet to come.
        unwitnessed: how many have come without the cosignatures that our policy asks for.
        alarms: what must be told: a receipt that is false, or does not come.
        unreachable: why the hub could not be asked, if so.
    """

    kept: int = 0
    waiting: int = 0
    unwitnessed: int = 0
    alarms: list[RelayError] = field(default_factory=list)
    unreachable: RelayError | None = None


def state_of(receipt: Receipt, now: datetime, *, with_policy: bool) -> State:
    """Return how a receipt stands.

    Args:
        receipt: as the store holds it.
        now: the instant.
        with_policy: whether a receipt must be witnessed.
    """
    if receipt.proof:
        return "unwitnessed" if with_policy and receipt.witnessed_at is None else "kept"
    if receipt.complaint:
        return "false"
    if receipt.accepted_at is None:
        return "unanswered"
    return "late" if now - receipt.accepted_at > LATE_AFTER else "waiting"


def complete(connection: Connection, *, wait_s: int = WAIT_S) -> Completed:
    """Fetch, check and keep the receipts that have yet to come; nothing of it fails the caller.

    Agencies and auditors also collect what others have said of them; a member does so in its
    round with the hub, which acts upon it.

    Args:
        connection: ours.
        wait_s: how long the hub may wait for the first of them.
    """
    done = Completed()
    collects = connection.config.role != "member"
    try:
        if collects or _due(connection):
            connection.pins.refresh()
        if collects:
            done.kept += len(collect(connection))
        _fetch(connection, done, wait_s)
    except (HubUnreachableError, HubAnswerError, HubRefusedError) as error:
        done.unreachable = error
    except DistrustError as error:
        done.alarms.append(error)
    _judge(connection, done)
    return done


def collect(connection: Connection) -> list[Proven]:
    """Check and keep the proofs of every entry that names us and is new; return what they show.

    Raises:
        DistrustError: one of them does not hold, or is of somebody else's act.
    """
    organization = Organization(connection.transport, connection.attester)
    with connection.store.reading() as rows:
        after = rows_of.last_collected(rows)
    collected = []
    for document in organization.receipts(after):
        proof = _proof(document)
        proven = connection.pins.prove_file(proof)
        if connection.config.slug not in proven.orgs:
            raise DistrustError(
                Words(
                    en=f"The hub shows entry {proven.seq} as ours, and it is not.",
                    ja=f"ハブが示した記載 {proven.seq} は、自社のものではありません。",
                )
            )
        _keep(connection, proof, proven)
        collected.append(proven)
        with connection.store.transaction() as rows:
            rows_of.mark_collected(rows, proven.seq)
    return collected


def erased(connection: Connection, reference: str) -> None:
    """Wait no longer for receipts of acts about somebody who had everything forgotten."""
    with connection.store.transaction() as rows:
        rows_of.forget_about(rows, reference)


def _due(connection: Connection) -> list[Receipt]:
    """Return the next receipts to ask for: first those that are missing, then unwitnessed ones."""
    with connection.store.reading() as rows:
        wanted = rows_of.open_ones(rows, witnessed=connection.pins.policy is not None)
        return list(islice(wanted, AT_ONCE))


def _fetch(connection: Connection, done: Completed, wait_s: int) -> None:
    """Ask for each receipt that is due; the hub may wait for the first of them."""
    organization = Organization(connection.transport, connection.attester)
    for due in _due(connection):
        try:
            raw = organization.receipt(due.attestation, wait_s=wait_s)
        except HubRefusedError as refused:
            if refused.problem.status != _MISSING:
                raise
            if refused.problem.slug == _NOT_READY:
                # The hub has it; if its answer was lost, this one says as much.
                _accepted(connection, due)
                wait_s = 0
            elif _is_given_up(due, connection.now()):
                with connection.store.transaction() as rows:
                    rows_of.forget(rows, [due.attestation])
            continue
        wait_s = 0
        try:
            proof = decode_proof(raw)
            proven = connection.pins.prove_file(proof)
            if proven.signed.attestation.id != due.attestation:
                raise _another_act(proven)
            _keep(connection, proof, proven)
        except (DistrustError, ProtocolError) as why:
            done.alarms.append(_false(connection, due, why, raw))
        else:
            done.kept += 1


def _keep(connection: Connection, proof: Proof, proven: Proven) -> None:
    """Keep a proof that holds, where it says exactly what was sent, if it was our act.

    Raises:
        DistrustError: it says something else than we have signed.
    """
    said = proven.signed.attestation
    with connection.store.reading() as rows:
        known = rows_of.find(rows, said.id)
    if known is not None and known.sent and known.sent != proven.signed.wire:
        raise _another_act(proven)
    witnessed = connection.pins.policy is not None and proven.is_witnessed
    with connection.store.transaction() as rows:
        ours = referrals.find(rows, said.refs.get("referral", ""))
        rows_of.keep(
            rows,
            Receipt(
                attestation=said.id,
                kind=said.kind,
                referral=None if ours is None else ours.referral,
                seq=proven.seq,
                reveal=b"" if proof.reveal is None else proof.reveal.encode(),
                proof=json.dumps(proof.document()),
                kept_at=connection.now(),
                witnessed_at=connection.now() if witnessed else None,
            ),
        )


def _another_act(proven: Proven) -> DistrustError:
    return DistrustError(
        Words(
            en=f"Entry {proven.seq} of the ledger does not say what we have signed.",
            ja=f"台帳の記載 {proven.seq} は、自社が署名した内容と違います。",
        )
    )


def _proof(document: Mapping[str, object]) -> Proof:
    """Return the proof in an answer of the hub."""
    try:
        return Proof.from_document(document)
    except ProtocolError as error:
        raise DistrustError(
            Words(
                en="The hub gives a proof that cannot be read.",
                ja="ハブの示した証明を読み取れません。",
            )
        ) from error


def _is_given_up(due: Receipt, now: datetime) -> bool:
    """Return whether the hub never took an act: it has not said so, and would be too late now."""
    if due.proof or due.accepted_at is not None or due.sent_at is None:
        return False
    return now - due.sent_at > LATE_AFTER


def _accepted(connection: Connection, due: Receipt) -> None:
    with connection.store.transaction() as rows:
        rows_of.accept(rows, [due.attestation], at=connection.now())


def _false(connection: Connection, due: Receipt, why: Exception, raw: bytes) -> DistrustError:
    """Keep a receipt that does not hold as evidence, and return the alarm."""
    said = why.said if isinstance(why, RelayError) else same(str(why))
    with connection.store.transaction() as rows:
        rows_of.complain(rows, due.attestation, said.en, raw)
    return DistrustError(
        Words(
            en="FALSE RECEIPT for {kind} {id}: {why}",
            ja="偽の控えです({kind} {id}): {why}",
        ).filled(kind=due.kind, id=due.attestation, why=said),
        Words(
            en="Do not act on it. Keep your store: the false receipt is in it as evidence. Show it"
            " to an auditor and to the other organizations.",
            ja="この控えに基づいて行動しないでください。偽の控えは証拠として保管庫に残しました。"
            "保管庫を残したまま、監査人と他の組織に知らせてください。",
        ),
    )


def _judge(connection: Connection, done: Completed) -> None:
    """Count what has yet to come, and raise the alarm for what should have come by now."""
    with_policy = connection.pins.policy is not None
    now = connection.now()
    with connection.store.reading() as rows:
        still = list(rows_of.open_ones(rows, witnessed=with_policy))
    late, bare = [], []
    for receipt in still:
        state = state_of(receipt, now, with_policy=with_policy)
        if state == "late":
            late.append(receipt)
        elif state == "waiting":
            done.waiting += 1
        elif state == "unwitnessed":
            done.unwitnessed += 1
            if now - receipt.kept_at > LATE_AFTER:
                bare.append(receipt)
    if late:
        done.alarms.append(_late(late))
    if bare:
        done.alarms.append(_bare(bare))


def _late(late: list[Receipt]) -> DistrustError:
    return DistrustError(
        Words(
            en="NO RECEIPT within a day for {count} acts that the hub says it has taken"
            " (first: {kind} {id}).",
            ja="ハブが受け付けたはずの操作{count}件の控えが、1日たっても届きません"
            "(最初のもの: {kind} {id})。",
        ).filled(count=len(late), kind=late[0].kind, id=late[0].attestation),
        Words(
            en="Look with `relay receipts list`. Ask the office, and tell an auditor: an act that"
            " is not in the ledger may have been dropped. (Nothing comes for a person whose data"
            " was erased meanwhile: `relay tellings`.)",
            ja="`relay receipts list` で確かめ、事務局に問い合わせ、監査人に知らせてください。"
            "台帳にない操作は、握りつぶされたおそれがあります"
            "(その間にデータを消去された方の分は届きません: `relay tellings`)。",
        ),
    )


def _bare(bare: list[Receipt]) -> DistrustError:
    return DistrustError(
        Words(
            en="NOT WITNESSED within a day: {count} receipts lack the cosignatures that your policy"
            " asks for (first: {kind} {id}).",
            ja="立会人の署名が1日たっても足りません: 控え{count}件(最初のもの: {kind} {id})。",
        ).filled(count=len(bare), kind=bare[0].kind, id=bare[0].attestation),
        Words(
            en="The receipts prove what the hub has signed, but nobody else vouches that it shows"
            " everybody the same. Ask the office and the witnesses.",
            ja="ハブの署名は確かですが、全員に同じ台帳を見せていることを、ほかのだれも"
            "保証していません。事務局と立会人に確かめてください。",
        ),
    )
