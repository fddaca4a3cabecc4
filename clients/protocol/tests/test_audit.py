"""The plan in its order: what is established, what is refused first, and what cannot be told."""

import random
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from relay_protocol import note
from relay_protocol.audit import ALWAYS_OPEN, Brought, verify
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import AuditError, LogReadError, StateError
from relay_protocol.findings import Finding, Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.memory import PlainMemory
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.pack import Pack
from relay_protocol.trust import Trust
from tests.story.hand_audit import audit, codes, silent
from tests.story.hand_books import HandBooks
from tests.story.hand_ledger import (
    AUDITOR,
    HUB,
    LOG,
    MEMBER,
    OFFICE,
    HandLedger,
    kid_of,
    log_key,
)
from tests.story.hand_relay import HandRelay


@pytest.fixture
def ledger() -> HandLedger:
    opened = HandLedger()
    opened.open()
    return opened


def evidence(ledger: HandLedger, pack: Pack | None = None, **more: object) -> Brought:
    brought = Brought(log=ledger.log_key.verifier, pack=pack or ledger.pack())
    return replace(brought, **more)  # type: ignore[arg-type]


def refused(
    ledger: HandLedger, folder: Path, brought: Brought | None = None
) -> tuple[int, str, int | None]:
    with pytest.raises(AuditError) as refusal:
        audit(ledger, folder, brought)
    return refusal.value.part, refusal.value.code, refusal.value.seq


def figures(findings: list[Finding], code: str) -> dict[str, object]:
    (found,) = [finding for finding in findings if finding.code == code]
    return dict(found.figures)


def test_an_honest_ledger_is_established_part_by_part(ledger: HandLedger, tmp_path: Path) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    outcome, findings = audit(ledger, tmp_path)
    assert [codes(findings, part) for part in range(1, 8)] == [
        ["checkpoint-signed"],
        [],
        ["entries-follow"],
        ["tiles-recomputed"],
        ["charter-stands"],
        ["reveals-open", "closed-counted"],
        ["steps-follow"],
    ]
    assert outcome.copy.checkpoint.size == ledger.size
    assert outcome.charter.directory.scheme.demo is True


def test_the_order_of_what_is_told_is_that_of_the_plan(ledger: HandLedger, tmp_path: Path) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    HandBooks(ledger=ledger).settle("2026-12")
    _, findings = audit(ledger, tmp_path)
    parts = [finding.part for finding in findings if finding.part < 9]
    assert parts == sorted(parts)


def test_what_no_audit_can_tell_is_always_named(ledger: HandLedger, tmp_path: Path) -> None:
    _, findings = audit(ledger, tmp_path)
    assert set(ALWAYS_OPEN) <= set(codes(findings, 9))
    assert "no-witnesses" in codes(findings, 9)


def test_without_a_pack_nothing_is_said_of_consents_and_settlements(
    ledger: HandLedger, tmp_path: Path
) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    _, findings = audit(ledger, tmp_path, Brought(log=ledger.log_key.verifier))
    assert codes(findings, 6) == codes(findings, 7) == codes(findings, 8) == []
    assert "no-pack" in codes(findings, 9)


def test_a_real_scheme_is_not_called_one_for_trials(tmp_path: Path) -> None:
    ledger = HandLedger(demo=False)
    ledger.open()
    _, findings = audit(ledger, tmp_path)
    assert "demo-scheme" not in codes(findings, 9)


def test_a_scheme_opened_with_another_log_key_is_refused(
    ledger: HandLedger, tmp_path: Path
) -> None:
    ledger.log_signer = "stranger"
    assert refused(ledger, tmp_path) == (5, "log-key-differs", 0)


class TestTheLogsKeys:
    """One key of the log follows another: what an auditor finds who knows one of them."""

    def overlap(self, ledger: HandLedger) -> None:
        """Register the next key of the log; from then on both sign."""
        ledger.register_signing(OFFICE, "log-2", "log")
        ledger.further_log_signers = ("log-2",)

    def retire(self, ledger: HandLedger) -> None:
        """Revoke the first key; from then on only the next one signs."""
        ledger.revoke(OFFICE, kid_of("log"))
        ledger.log_signer, ledger.further_log_signers = "log-2", ()

    @pytest.mark.parametrize("known", ["log", "log-2"])
    def test_while_both_sign_either_is_enough(
        self, ledger: HandLedger, tmp_path: Path, known: str
    ) -> None:
        self.overlap(ledger)
        audit(ledger, tmp_path, evidence(ledger, log=log_key(known).verifier))

    def test_afterwards_it_takes_the_newer_one(self, ledger: HandLedger, tmp_path: Path) -> None:
        self.overlap(ledger)
        self.retire(ledger)
        old = evidence(ledger, log=log_key("log").verifier)
        assert refused(ledger, tmp_path / "old", old) == (1, "checkpoint-invalid", None)
        audit(ledger, tmp_path / "new", evidence(ledger, log=log_key("log-2").verifier))

    @pytest.mark.parametrize("with_pack", [True, False])
    def test_who_has_looked_meanwhile_knows_the_newer_one(
        self, ledger: HandLedger, tmp_path: Path, *, with_pack: bool
    ) -> None:
        memory = PlainMemory(lasts=True)
        first = log_key("log").verifier

        def brought(log: VerifierKey | None) -> Brought:
            return Brought(log=log, pack=ledger.pack() if with_pack else None)

        self.overlap(ledger)
        audit(ledger, tmp_path / "1", brought(first), memory=memory)
        self.retire(ledger)
        audit(ledger, tmp_path / "2", brought(None), memory=memory)
        ledger.count_closed(0)
        audit(ledger, tmp_path / "3", brought(first), memory=memory)

    def test_who_has_slept_gives_both(self, ledger: HandLedger, tmp_path: Path) -> None:
        memory = PlainMemory(lasts=True)
        audit(ledger, tmp_path / "1", evidence(ledger), memory=memory)
        self.overlap(ledger)
        self.retire(ledger)
        new = evidence(ledger)
        with pytest.raises(StateError, match="give both"):
            audit(ledger, tmp_path / "2", new, memory=memory)
        both = replace(new, trust=Trust(logs=(log_key("log").verifier,)))
        audit(ledger, tmp_path / "3", both, memory=memory)

    def test_who_knows_the_newer_one_does_not_learn_the_older(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        memory = PlainMemory(lasts=True)
        self.overlap(ledger)
        newer = evidence(ledger, log=log_key("log-2").verifier)
        audit(ledger, tmp_path / "1", newer, memory=memory)
        ledger.further_log_signers = ()
        ledger.count_closed(0)
        again = evidence(ledger, log=None)
        with pytest.raises(AuditError, match="checkpoint-invalid"):
            audit(ledger, tmp_path / "2", again, memory=memory)

    def test_a_revoked_one_that_signs_alone_is_found(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        self.overlap(ledger)
        revoked_at = ledger.size
        self.retire(ledger)
        ledger.log_signer = "log"
        assert refused(ledger, tmp_path) == (5, "log-key-revoked", revoked_at)

    def test_a_revoked_one_that_signs_beside_the_newer_one_changes_nothing(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        self.overlap(ledger)
        self.retire(ledger)
        ledger.log_signer, ledger.further_log_signers = "log", ("log-2",)
        for known in ("log", "log-2"):
            audit(ledger, tmp_path / known, evidence(ledger, log=log_key(known).verifier))

    def test_one_that_the_operator_has_not_registered_is_not_the_logs(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        ledger.register_signing(MEMBER, "log-2", "log")
        assert refused(ledger, tmp_path) == (5, "directory-contradicted", ledger.size - 1)

    def test_a_stranger_that_signs_beside_the_logs_own_is_not_the_logs(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        ledger.log_signer, ledger.further_log_signers = "stranger", ("log",)
        assert refused(ledger, tmp_path) == (5, "log-key-differs", 0)
        known = evidence(ledger, log=log_key("log").verifier)
        audit(ledger, tmp_path / "known", known)

    def test_a_false_signature_of_another_one_is_found_by_who_does_not_know_it(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        self.overlap(ledger)
        ledger.write_out(tmp_path)
        older = note.Note.parse(ledger.checkpoint(5))
        elsewhere = note.sign_note(older.text, log_key("log-2"))
        ledger.further_log_signers = ()
        false = note.add_signatures(ledger.checkpoint(), note.Note.parse(elsewhere).lines)
        (tmp_path / "checkpoint").write_bytes(false)
        with pytest.raises(AuditError) as refusal:
            verify(FolderReader(tmp_path), evidence(ledger), Telling(silent))
        assert (refusal.value.part, refusal.value.code) == (5, "log-key-differs")

    def test_a_pack_that_the_older_one_has_signed_serves_an_auditor_of_the_newer(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        pack = ledger.pack()
        self.overlap(ledger)
        self.retire(ledger)
        audit(ledger, tmp_path, evidence(ledger, pack))

    def test_a_pack_that_a_stranger_has_signed_is_refused(
        self, ledger: HandLedger, tmp_path: Path
    ) -> None:
        ledger.log_signer = "stranger"
        pack = ledger.pack()
        ledger.log_signer = "log"
        assert refused(ledger, tmp_path, evidence(ledger, pack)) == (
            6,
            "pack-checkpoint-invalid",
            None,
        )


def breach_of_part_5(ledger: HandLedger) -> None:
    ledger.state("org.suspended", "office", MEMBER, body={"slug": MEMBER, "reason": "left"})
    ledger.state(
        "key.registered",
        MEMBER,
        MEMBER,
        body={
            "purpose": "sign",
            "key": {"crv": "Ed25519", "kty": "OKP", "x": "A" * 42 + "Q"},
            "person": "",
            "credential": "",
        },
    )


def breach_of_part_6(ledger: HandLedger) -> None:
    HandRelay(ledger=ledger).invite()
    last = ledger.size - 1
    ledger.reveals[last] = ledger.reveals[last][:-1] + b"]"


def breach_of_part_7(ledger: HandLedger) -> None:
    relay = HandRelay(ledger=ledger)
    relay.invite()
    relay.add()


def test_part_6_is_refused_before_part_7_however_late_it_stands(
    ledger: HandLedger, tmp_path: Path
) -> None:
    breach_of_part_7(ledger)
    assert refused(ledger, tmp_path / "7") == (7, "step-out-of-turn", ledger.size - 1)
    breach_of_part_6(ledger)
    assert refused(ledger, tmp_path / "6") == (6, "reveal-differs", ledger.size - 1)


def test_a_pack_of_another_ledger_is_refused(ledger: HandLedger, tmp_path: Path) -> None:
    pack = replace(ledger.pack(), log="other.example/ledger")
    brought = evidence(ledger, pack)
    assert refused(ledger, tmp_path, brought) == (6, "pack-of-another-log", None)


def test_a_pack_whose_checkpoint_the_log_has_not_signed_is_refused(
    ledger: HandLedger, tmp_path: Path
) -> None:
    pack = replace(ledger.pack(), checkpoint=b"nothing")
    brought = evidence(ledger, pack)
    assert refused(ledger, tmp_path, brought) == (6, "pack-checkpoint-invalid", None)


def test_a_pack_beyond_its_own_checkpoint_is_refused(ledger: HandLedger, tmp_path: Path) -> None:
    pack = replace(ledger.pack(), checkpoint=ledger.checkpoint(5))
    brought = evidence(ledger, pack)
    assert refused(ledger, tmp_path, brought) == (6, "pack-beyond-checkpoint", 5)


def test_a_copy_older_than_the_pack_is_refused(ledger: HandLedger, tmp_path: Path) -> None:
    size = ledger.size
    ledger.write_out(tmp_path)
    ledger.count_closed(0)
    pack = ledger.pack()
    ledger.entries.pop()
    assert refused(ledger, tmp_path, evidence(ledger, pack)) == (6, "pack-newer", size)


def test_a_pack_of_another_history_is_refused(ledger: HandLedger, tmp_path: Path) -> None:
    stated = Checkpoint(origin=LOG, size=5, root=bytes(32))
    signed = note.sign_note(stated.text(), ledger.log_key)
    pack = replace(ledger.pack(), cut=4, checkpoint=signed, reveals={})
    brought = evidence(ledger, pack)
    assert refused(ledger, tmp_path, brought) == (6, "two-histories", None)


def test_a_reveal_for_an_entry_that_hides_nothing_is_refused(
    ledger: HandLedger, tmp_path: Path
) -> None:
    HandRelay(ledger=ledger).invite()
    ledger.reveals = {2: ledger.reveals[ledger.size - 1], **ledger.reveals}
    assert refused(ledger, tmp_path) == (6, "reveal-of-clear-entry", 2)


def erased(ledger: HandLedger) -> HandRelay:
    relay = HandRelay(ledger=ledger)
    relay.until_confirmed()
    ledger.forget(*relay.seqs)
    return relay


def test_erased_persons_are_counted_as_closed(ledger: HandLedger, tmp_path: Path) -> None:
    relay = erased(ledger)
    ledger.count_closed(len(relay.seqs))
    _, findings = audit(ledger, tmp_path)
    assert figures(findings, "closed-counted") == {"closed": len(relay.seqs)}


def test_a_reveal_that_is_held_back_is_refused_where_the_first_is_missing(
    ledger: HandLedger, tmp_path: Path
) -> None:
    relay = erased(ledger)
    ledger.count_closed(len(relay.seqs) - 1)
    missing = relay.seqs[-1]
    assert refused(ledger, tmp_path) == (6, "closed-count-differs", missing)


def test_more_closed_than_there_are_is_refused_where_it_is_stated(
    ledger: HandLedger, tmp_path: Path
) -> None:
    relay = erased(ledger)
    ledger.count_closed(len(relay.seqs) + 1)
    assert refused(ledger, tmp_path) == (6, "closed-count-differs", ledger.size - 1)


def test_closed_before_they_were_written_is_refused(ledger: HandLedger, tmp_path: Path) -> None:
    ledger.count_closed(13)
    stated_at = ledger.size - 1
    relay = erased(ledger)
    assert len(relay.seqs) == 13
    assert refused(ledger, tmp_path) == (6, "closed-count-differs", stated_at)


def test_what_is_closed_after_the_cut_is_not_counted_yet(
    ledger: HandLedger, tmp_path: Path
) -> None:
    cut = ledger.size
    pack = ledger.pack()
    HandRelay(ledger=ledger).until_confirmed()
    ledger.count_closed(13)
    _, findings = audit(ledger, tmp_path, evidence(ledger, pack))
    assert figures(findings, "closed-counted") == {"closed": 0}
    assert figures(findings, "beyond-cut") == {"count": 13, "cut": cut}


def test_what_was_open_in_an_earlier_pack_and_is_closed_now_is_named(
    ledger: HandLedger, tmp_path: Path
) -> None:
    memory = PlainMemory(lasts=True)
    relay = HandRelay(ledger=ledger)
    relay.until_confirmed()
    _, before = audit(ledger, tmp_path / "before", memory=memory)
    assert "closed-since" not in codes(before, 6)
    ledger.forget(*relay.seqs)
    ledger.count_closed(len(relay.seqs))
    _, after = audit(ledger, tmp_path / "after", memory=memory)
    told = figures(after, "closed-since")
    assert told == {"count": len(relay.seqs), "entries": tuple(relay.seqs)}
    # It is named once.
    _, again = audit(ledger, tmp_path / "after", memory=memory)
    assert "closed-since" not in codes(again, 6)


def test_a_pack_that_the_hub_attests_is_known(ledger: HandLedger, tmp_path: Path) -> None:
    pack = ledger.pack()
    _, before = audit(ledger, tmp_path / "before", evidence(ledger, pack))
    assert "pack-unattested" in codes(before, 9)
    body = {"digest": b64url_encode(pack.digest()), "until": pack.until}
    ledger.state("pack.made", HUB, AUDITOR, body=body)
    _, after = audit(ledger, tmp_path / "after", evidence(ledger, pack))
    assert "pack-attested" in codes(after, 6)


def test_the_settlements_are_told_in_figures(ledger: HandLedger, tmp_path: Path) -> None:
    books = HandBooks(ledger=ledger)
    relays = [HandRelay(ledger=ledger) for _ in range(2)]
    for relay in relays:
        relay.until_introduced()
    books.settle("2026-12")
    books.erase(relays[0], date(2027, 1, 5), "2027-01")
    _, findings = audit(ledger, tmp_path / "unsigned")
    assert figures(findings, "closes-agree") == {
        "periods": 1,
        "first": "2026-12",
        "last": "2026-12",
        "recomputed": 1,
        "taken": 0,
        "unproved": 1,
    }
    assert figures(findings, "closed-unaudited") == {"period": "2026-12", "count": 1}
    books.audit("2026-12")
    _, findings = audit(ledger, tmp_path / "signed")
    assert figures(findings, "taken-on-audit") == {
        "period": "2026-12",
        "count": 1,
        "auditor": AUDITOR,
    }
    assert figures(findings, "closes-agree")["taken"] == 1


def test_what_was_kept_of_an_erased_person_is_called_unproved(
    ledger: HandLedger, tmp_path: Path
) -> None:
    books = HandBooks(ledger=ledger)
    ledger.wait(days=10)
    relay = HandRelay(ledger=ledger)
    relay.until_introduced()
    books.settle("2026-12")
    books.erase(relay, date(2027, 1, 10), "2027-01")
    books.settle("2027-01")
    _, findings = audit(ledger, tmp_path)
    assert figures(findings, "kept-unproved") == {"period": "2027-01", "count": 1}


def test_a_settlement_that_does_not_follow_is_refused_in_part_8(
    ledger: HandLedger, tmp_path: Path
) -> None:
    HandRelay(ledger=ledger).until_introduced()
    books = HandBooks(ledger=ledger)
    books.settle("2026-12", lambda published: replace(published, moves=()))
    assert refused(ledger, tmp_path) == (8, "moves-differ", ledger.size - 1)


def test_a_cut_beyond_the_ledger_is_refused(ledger: HandLedger, tmp_path: Path) -> None:
    HandBooks(ledger=ledger).settle("2026-12", lambda told: replace(told, cut=10**12))
    assert refused(ledger, tmp_path) == (8, "cut-misplaced", ledger.size - 1)


def test_settled_months_and_their_audits_come_out_of_it(ledger: HandLedger, tmp_path: Path) -> None:
    books = HandBooks(ledger=ledger)
    books.settle("2026-12")
    books.audit("2026-12")
    outcome, _ = audit(ledger, tmp_path)
    assert outcome.settled["2026-12"].id == books.settled["2026-12"]
    assert outcome.audited == {books.settled["2026-12"]: [AUDITOR]}


def test_a_breach_of_part_5_is_refused_there(ledger: HandLedger, tmp_path: Path) -> None:
    breach_of_part_5(ledger)
    assert refused(ledger, tmp_path) == (5, "maker-not-active", ledger.size - 1)


def mutated(raw: bytes, chance: random.Random) -> bytes:
    """Return bytes with one thing wrong: flipped, cut out, doubled, or put in."""
    at = chance.randrange(len(raw))
    length = chance.randrange(1, 40)
    return chance.choice(
        [
            raw[:at] + bytes([raw[at] ^ (1 << chance.randrange(8))]) + raw[at + 1 :],
            raw[:at] + raw[at + length :],
            raw[: at + length] + raw[at:],
            raw[:at] + chance.randbytes(length) + raw[at:],
        ]
    )


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_changed_in_a_copy_is_refused_or_cannot_be_read(
    ledger: HandLedger, tmp_path: Path, seed: int
) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    HandBooks(ledger=ledger).settle("2026-12")
    folder = ledger.write_out(tmp_path)
    chance = random.Random(seed)
    file = chance.choice(sorted(path for path in folder.rglob("*") if path.is_file()))
    file.write_bytes(mutated(file.read_bytes(), chance))
    brought = Brought(log=ledger.log_key.verifier, pack=ledger.pack())
    with pytest.raises((AuditError, LogReadError)):
        verify(FolderReader(folder), brought, Telling(silent))


@pytest.mark.parametrize("seed", range(60))
def test_whatever_is_changed_in_a_reveal_is_refused(
    ledger: HandLedger, tmp_path: Path, seed: int
) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    HandBooks(ledger=ledger).settle("2026-12")
    chance = random.Random(seed)
    seq = chance.choice(sorted(ledger.reveals))
    ledger.reveals[seq] = mutated(ledger.reveals[seq], chance)
    assert refused(ledger, tmp_path) == (6, "reveal-differs", seq)


@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_changed_in_the_documents_of_a_month_is_refused(
    ledger: HandLedger, tmp_path: Path, seed: int
) -> None:
    HandRelay(ledger=ledger).until_confirmed()
    HandBooks(ledger=ledger).settle("2026-12")
    chance = random.Random(seed)
    (close,) = ledger.closes
    statements = list(close.statements)
    place = chance.randrange(-1, len(statements))
    if place < 0:
        ledger.closes = [replace(close, netting=mutated(close.netting, chance))]
    else:
        statements[place] = mutated(statements[place], chance)
        ledger.closes = [replace(close, statements=tuple(statements))]
    part, code, seq = refused(ledger, tmp_path)
    assert (part, seq) == (8, ledger.size - 1)
    assert code in {"netting-differs", "statements-malformed", "statements-differ"}
