"""Part 1: the log's keys, one after another; the quorum of witnesses; how old it may be."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol import merkle, note
from relay_protocol.errors import AuditError
from relay_protocol.findings import Finding, Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint, SignerKey, VerifierKey
from relay_protocol.policy import GroupLine, LogLine, Policy, WitnessLine
from relay_protocol.report import sentence
from relay_protocol.trust import AHEAD_WITHIN, FRESH_WITHIN, Trust, open_checkpoint
from tests.story.hand_audit import silent

LOG = "hub.example/ledger"
NOW = datetime(2026, 12, 1, 9, 0, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(hours=24)
STATED = Checkpoint(origin=LOG, size=7, root=merkle.leaf_hash(b""))


def key(seed: str, name: str = LOG, kind: int = note.ED25519) -> SignerKey:
    private = Ed25519PrivateKey.from_private_bytes(seed.encode().ljust(32, b"."))
    return SignerKey(name=name, kind=kind, private_key=private)


OLD, NEW = key("old"), key("new")
WITNESSES = {name: key(name, f"{name}.example", note.COSIGNATURE) for name in ("a", "b", "c")}
TWO_OF_THREE = Policy(
    logs=(LogLine(vkey=OLD.verifier),),
    witnesses=tuple(WitnessLine(name=n, vkey=one.verifier) for n, one in WITNESSES.items()),
    groups=(GroupLine(name="enough", threshold=2, members=("a", "b", "c")),),
    quorum="enough",
)


def signed(*keys: SignerKey, **ages: timedelta) -> bytes:
    """Return a checkpoint that log keys have signed, and witnesses so long ago."""
    first, *others = keys
    raw = note.sign_note(STATED.text(), first)
    lines = [note.Note.parse(note.sign_note(STATED.text(), one)).lines[0] for one in others]
    lines += [
        note.cosign(STATED, WITNESSES[name], time_s=int((NOW - age).timestamp()))
        for name, age in ages.items()
    ]
    return note.add_signatures(raw, lines)


def opened(raw: bytes, trust: Trust) -> tuple[VerifierKey, list[Finding]]:
    telling = Telling(silent)
    log, checkpoint = open_checkpoint(raw, FolderReader(Path("nowhere")), trust, telling)
    assert checkpoint.root == STATED.root
    return log, telling.findings


def refused(raw: bytes, trust: Trust) -> str:
    with pytest.raises(AuditError) as refusal:
        opened(raw, trust)
    assert refusal.value.part == 1
    return refusal.value.code


def codes(raw: bytes, trust: Trust) -> list[str]:
    return [finding.code for finding in opened(raw, trust)[1]]


# Keys of the log.


@pytest.mark.parametrize("signers", [(OLD,), (NEW,), (OLD, NEW), (NEW, OLD)])
@pytest.mark.parametrize("known", [(OLD,), (NEW,), (OLD, NEW)])
def test_while_one_key_follows_another_any_known_one_is_enough(
    signers: tuple[SignerKey, ...], known: tuple[SignerKey, ...]
) -> None:
    trust = Trust(logs=tuple(one.verifier for one in known))
    both = [one.verifier for one in known if one in signers]
    if both:
        assert opened(signed(*signers), trust)[0] == both[0]
    else:
        assert refused(signed(*signers), trust) == "checkpoint-invalid"


def test_a_known_key_whose_signature_is_false_refuses_whoever_else_has_signed() -> None:
    other = Checkpoint(origin=LOG, size=8, root=STATED.root)
    false = note.Note.parse(note.sign_note(other.text(), NEW)).lines[0]
    raw = note.add_signatures(signed(OLD), [false])
    assert codes(raw, Trust(logs=(OLD.verifier,))) == ["checkpoint-signed", "no-witnesses"]
    assert refused(raw, Trust(logs=(OLD.verifier, NEW.verifier))) == "checkpoint-invalid"


def test_the_keys_of_a_policy_and_those_given_beside_it_are_known_alike() -> None:
    trust = Trust(policy=Policy(logs=(LogLine(vkey=OLD.verifier),)))
    assert opened(signed(OLD), trust)[0] == OLD.verifier
    assert refused(signed(NEW), trust) == "checkpoint-invalid"
    both = Trust(policy=trust.policy, logs=(NEW.verifier,))
    assert opened(signed(NEW), both)[0] == NEW.verifier
    assert opened(signed(OLD), both)[0] == OLD.verifier


def test_a_key_of_another_log_does_not_sign_for_this_one() -> None:
    other = key("other", "elsewhere.example/ledger")
    raw = note.sign_note(STATED.text(), other)
    assert refused(raw, Trust(logs=(other.verifier,))) == "checkpoint-invalid"
    assert opened(signed(OLD, other), Trust(logs=(OLD.verifier,)))[0] == OLD.verifier


def test_the_report_names_the_root_that_was_signed() -> None:
    _, (signed_by_log, *_) = opened(signed(OLD), Trust(logs=(OLD.verifier,)))
    stated = signed(OLD).decode().splitlines()
    assert signed_by_log.figures == {"log": LOG, "size": int(stated[1]), "root": stated[2]}
    for lang in ("ja", "en"):
        assert stated[2] in sentence(signed_by_log, lang)


# The quorum.


def test_enough_witnesses_are_told_with_the_time_at_which_they_were_enough() -> None:
    trust = Trust(policy=TWO_OF_THREE, now=NOW)
    _, findings = opened(signed(OLD, a=3 * HOUR, b=2 * HOUR, c=5 * HOUR), trust)
    assert [finding.code for finding in findings] == ["checkpoint-signed", "witnesses-agree"]
    assert findings[1].figures == {
        "witnesses": 3,
        "names": "a, b, c",
        "at": "2026-12-01T06:00:00+00:00",
    }


@pytest.mark.parametrize("names", ["", "a", "b", "c"])
def test_too_few_witnesses_are_refused_whether_live_or_copied(names: str) -> None:
    raw = signed(OLD, **dict.fromkeys(names, HOUR))
    for is_live in (True, False):
        trust = Trust(policy=TWO_OF_THREE, now=NOW, is_live=is_live)
        assert refused(raw, trust) == "quorum-missed"


@pytest.mark.parametrize("names", ["ab", "bc", "ca", "abc"])
def test_enough_witnesses_are_enough_whichever_they_are(names: str) -> None:
    raw = signed(OLD, **dict.fromkeys(names, HOUR))
    trust = Trust(policy=TWO_OF_THREE, now=NOW, is_live=True)
    assert codes(raw, trust) == ["checkpoint-signed", "witnesses-agree"]


def test_one_witness_that_signs_twice_counts_once() -> None:
    again = note.cosign(STATED, WITNESSES["a"], time_s=int(NOW.timestamp()))
    raw = note.add_signatures(signed(OLD, a=HOUR), [again])
    assert refused(raw, Trust(policy=TWO_OF_THREE, now=NOW)) == "quorum-missed"


def test_a_false_cosignature_of_a_known_witness_refuses_and_that_of_a_stranger_does_not() -> None:
    other = Checkpoint(origin=LOG, size=8, root=STATED.root)
    false = note.cosign(other, WITNESSES["c"], time_s=int(NOW.timestamp()))
    strange = note.cosign(other, key("x", "x.example", note.COSIGNATURE), time_s=1)
    trust = Trust(policy=TWO_OF_THREE, now=NOW)
    raw = signed(OLD, a=HOUR, b=HOUR)
    assert "witnesses-agree" in codes(note.add_signatures(raw, [strange]), trust)
    assert refused(note.add_signatures(raw, [false]), trust) == "checkpoint-invalid"


def test_a_policy_without_quorum_leaves_it_open_that_all_see_the_same() -> None:
    trust = Trust(policy=Policy(logs=(LogLine(vkey=OLD.verifier),)), now=NOW, is_live=True)
    assert codes(signed(OLD), trust) == ["checkpoint-signed", "no-witnesses"]


# Freshness.


def test_a_quorum_may_be_a_day_old() -> None:
    assert FRESH_WITHIN == DAY
    trust = Trust(policy=TWO_OF_THREE, now=NOW, is_live=True)
    assert "witnesses-agree" in codes(signed(OLD, a=DAY, b=DAY), trust)
    late = DAY + timedelta(seconds=1)
    assert refused(signed(OLD, a=DAY, b=late), trust) == "checkpoint-stale"


def test_an_old_copy_is_not_refused_and_its_age_named() -> None:
    raw = signed(OLD, a=50 * DAY, b=51 * DAY)
    trust = Trust(policy=TWO_OF_THREE, now=NOW, is_live=False)
    _, findings = opened(raw, trust)
    assert [finding.code for finding in findings] == [
        "checkpoint-signed", "witnesses-agree", "checkpoint-old",
    ]  # fmt: skip
    assert findings[2].figures == {"at": "2026-10-11T09:00:00+00:00"}


def test_how_old_it_may_be_is_the_auditors_choice() -> None:
    raw = signed(OLD, a=2 * HOUR, b=2 * HOUR)
    for hours, answer in ((2, "sound"), (1, "checkpoint-stale")):
        trust = Trust(policy=TWO_OF_THREE, now=NOW, fresh_within=hours * HOUR, is_live=True)
        if answer == "sound":
            opened(raw, trust)
        else:
            assert refused(raw, trust) == answer


def test_without_a_clock_freshness_is_left_open() -> None:
    raw = signed(OLD, a=50 * DAY, b=51 * DAY)
    told = codes(raw, Trust(policy=TWO_OF_THREE, is_live=True))
    assert told == ["checkpoint-signed", "witnesses-agree", "freshness-unjudged"]


def test_a_witness_whose_clock_is_ahead_is_named_and_not_counted() -> None:
    little, much = -AHEAD_WITHIN, -AHEAD_WITHIN - timedelta(seconds=1)
    trust = Trust(policy=TWO_OF_THREE, now=NOW, is_live=True)
    assert codes(signed(OLD, a=HOUR, b=little), trust) == ["checkpoint-signed", "witnesses-agree"]
    assert refused(signed(OLD, a=HOUR, b=much), trust) == "quorum-missed"
    assert codes(signed(OLD, a=HOUR, b=much, c=HOUR), trust) == [
        "checkpoint-signed", "witnesses-ahead", "witnesses-agree",
    ]  # fmt: skip


def test_a_cosignature_without_a_time_is_refused() -> None:
    timeless = note.cosign(STATED, WITNESSES["b"], time_s=0)
    raw = note.add_signatures(signed(OLD, a=HOUR), [timeless])
    assert refused(raw, Trust(policy=TWO_OF_THREE, now=NOW)) == "checkpoint-invalid"


@pytest.mark.parametrize("seconds", [2**40, 2**62, note.MAX_TIME_S])
def test_a_cosignature_of_an_impossible_time_is_a_refusal_and_no_crash(seconds: int) -> None:
    far = note.cosign(STATED, WITNESSES["b"], time_s=seconds)
    raw = note.add_signatures(signed(OLD, a=HOUR), [far])
    for now in (NOW, None):
        assert refused(raw, Trust(policy=TWO_OF_THREE, now=now)) in {
            "checkpoint-invalid", "quorum-missed",
        }  # fmt: skip


# Notes that are none.


def edited(old: bytes, new: bytes) -> Callable[[bytes], bytes]:
    return lambda raw: raw.replace(old, new)


@pytest.mark.parametrize(
    "change",
    [
        edited(b"\n7\n", b"\n07\n"),
        edited(b"\n7\n", b"\n+7\n"),
        edited(b"\n7\n", b"\n-7\n"),
        edited(b"\n7\n", b"\n9223372036854775808\n"),
        edited(b"\n7\n", b"\n18446744073709551623\n"),
        edited(b"\n7\n", "\n７\n".encode()),
        edited(b"\n7\n", b"\n7\nextension\n"),
        edited(b"=\n\n", b"\n\n"),
        edited(b"hub.example/ledger\n7", b"hub.example/ledger+x\n7"),
        edited(b"\n\n", b"\n"),
        lambda _raw: b"",
        lambda raw: raw[:-1],
        lambda raw: raw.replace(b"\n", b"\r\n"),
    ],
)
def test_a_checkpoint_in_another_form_is_refused(change: Callable[[bytes], bytes]) -> None:
    raw = signed(OLD)
    opened(raw, Trust(logs=(OLD.verifier,)))
    assert refused(change(raw), Trust(logs=(OLD.verifier,))) == "checkpoint-invalid"


def test_a_hundred_signatures_are_read_and_one_more_is_refused() -> None:
    strangers = [key(f"s{n}", f"s{n}.example", note.COSIGNATURE) for n in range(100)]
    lines = [note.cosign(STATED, one, time_s=1) for one in strangers]
    raw = note.add_signatures(signed(OLD), lines[:99])
    opened(raw, Trust(logs=(OLD.verifier,)))
    assert refused(raw + lines[99].encode().encode(), Trust(logs=(OLD.verifier,))) == (
        "checkpoint-invalid"
    )
