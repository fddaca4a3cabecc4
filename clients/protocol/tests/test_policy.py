"""Policies: every line beside its refusal, quorums by hand, and what a checkpoint's lines show."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol.encoding import b64_encode
from relay_protocol.errors import NoteError, PolicyError
from relay_protocol.note import (
    COSIGNATURE,
    ED25519,
    Checkpoint,
    SignatureLine,
    SignerKey,
    add_signatures,
    cosign,
    sign_note,
)
from relay_protocol.policy import (
    MAX_BYTES,
    MAX_GROUPS,
    MAX_LOGS,
    MAX_WITNESSES,
    GroupLine,
    LogLine,
    Policy,
    WitnessLine,
)

ORIGIN = "exchange.example/ledger"
CHECKPOINT = Checkpoint(origin=ORIGIN, size=8, root=bytes(range(32)))
NOON = 1_700_000_000


def key_of(seed: int, name: str, kind: int = COSIGNATURE) -> SignerKey:
    private_key = Ed25519PrivateKey.from_private_bytes(seed.to_bytes(32, "big"))
    return SignerKey(name=name, kind=kind, private_key=private_key)


LOG = key_of(1, ORIGIN, ED25519)
NEXT_LOG = key_of(2, ORIGIN, ED25519)
OTHER_LOG = key_of(3, "other.example/log", ED25519)
X1, X2, X3 = (key_of(10 + place, f"x{place}.example") for place in (1, 2, 3))
Y1, Y2 = (key_of(20 + place, f"y{place}.example") for place in (1, 2))

LOG_TEXT = f"log {LOG.verifier.encode()}"
X1_TEXT, X2_TEXT, X3_TEXT, Y1_TEXT, Y2_TEXT = (
    f"witness {name} {key.verifier.encode()}"
    for name, key in (("X1", X1), ("X2", X2), ("X3", X3), ("Y1", Y1), ("Y2", Y2))
)
TWO_AND_ONE = f"""\
{LOG_TEXT}
{X1_TEXT}
{X2_TEXT}
{X3_TEXT}
group X 2 X1 X2 X3
{Y1_TEXT}
{Y2_TEXT}
group Y any Y1 Y2
group both all X Y
quorum both
"""


def signed(
    *cosigners: SignerKey, logs: tuple[SignerKey, ...] = (LOG,), time_s: int = NOON
) -> bytes:
    raw = sign_note(CHECKPOINT.text(), logs[0])
    for log in logs[1:]:
        line = sign_note(CHECKPOINT.text(), log).split(b"\n\n", 1)[1].decode().strip("\n")
        raw = add_signatures(raw, [SignatureLine.parse(line)])
    return add_signatures(raw, [cosign(CHECKPOINT, key, time_s=time_s) for key in cosigners])


# Reading the file.


def test_a_policy_has_the_logs_witnesses_groups_and_quorum_of_its_lines() -> None:
    policy = Policy.parse(
        f"# who we believe\n\n\t{LOG_TEXT}  https://exchange.example/ledger\n"
        f"  {X1_TEXT}\thttps://x1.example/\n{X2_TEXT}\n"
        "group pair all X1 X2 \n  # enough\nquorum pair\n"
    )
    assert policy == Policy(
        logs=(LogLine(vkey=LOG.verifier, url="https://exchange.example/ledger"),),
        witnesses=(
            WitnessLine(name="X1", vkey=X1.verifier, url="https://x1.example/"),
            WitnessLine(name="X2", vkey=X2.verifier),
        ),
        groups=(GroupLine(name="pair", threshold=2, members=("X1", "X2")),),
        quorum="pair",
    )


@pytest.mark.parametrize("text", ["quorum none\n", "quorum none", f"{LOG_TEXT}\nquorum none\n"])
def test_a_policy_may_ask_for_no_witness_and_leave_out_its_logs(text: str) -> None:
    assert Policy.parse(text).quorum == "none"


def test_the_file_of_a_policy_is_read_as_this_policy_again() -> None:
    policy = Policy.parse(TWO_AND_ONE)
    assert Policy.parse(policy.text()) == policy
    assert Policy.decode(policy.text().encode()) == policy


def test_a_name_is_what_its_bytes_are_and_japanese_is_one() -> None:
    witness = f"witness 監査 {X1.verifier.encode()}"
    assert Policy.decode(f"{witness}\nquorum 監査\n".encode()).quorum == "監査"
    # The Kelvin sign is another name than the letter K.
    with pytest.raises(PolicyError, match="no witness or group K "):
        Policy.decode(f"witness \u212a {X1.verifier.encode()}\nquorum K\n".encode())


def test_a_comment_in_an_old_encoding_does_no_harm() -> None:
    raw = "# 事務局\nquorum none\n".encode("cp932")
    assert Policy.decode(raw) == Policy()


@pytest.mark.parametrize(
    ("text", "line", "said", "mend"),
    [
        ("", 0, "no quorum line", "End the file"),
        (f"{LOG_TEXT}\n", 0, "no quorum line", "End the file"),
        ("quorum none\nquorum none\n", 2, "second quorum", "Keep one"),
        ("quorum X1\n", 1, "no witness or group X1", "define it first"),
        (f"quorum X1\n{X1_TEXT}\n", 1, "no witness or group X1", "define it first"),
        (f"{X1_TEXT}\nquorum x1\n", 2, "no witness or group x1", "spelling"),
        ("quorum\n", 1, "not the form of a quorum line", "quorum <name>"),
        ("quorum none none\n", 1, "not the form of a quorum line", "quorum <name>"),
        ("Quorum none\n", 1, "no line begins with 'Quorum'", "log, witness, group"),
        ("log\n", 1, "not the form of a log line", "log <verifier key>"),
        (f"{LOG_TEXT} a b\n", 1, "not the form of a log line", "log <verifier key>"),
        ("log x+00000000+AQ==\n", 1, "not a verifier key", "Copy the key again"),
        (f"log {X1.verifier.encode()}\n", 1, "a witness's, not a log's", "witness <name>"),
        (f"{LOG_TEXT}\n{LOG_TEXT} https://b.example\n", 2, "stands in the policy", "Take out one"),
        ("witness X1\n", 1, "not the form of a witness line", "witness <name>"),
        (f"{X1_TEXT} a b\n", 1, "not the form of a witness line", "witness <name>"),
        (f"witness X1 {LOG.verifier.encode()}\n", 1, "it is no witness's", "type 04"),
        (f"witness none {X1.verifier.encode()}\n", 1, "none has a meaning", "another name"),
        (f"{X1_TEXT}\nwitness X1 {X2.verifier.encode()}\n", 2, "defined already", "names"),
        (f"{X1_TEXT}\nwitness Z {X1.verifier.encode()}\n", 2, "stands in the policy", "one key"),
        (f"{X1_TEXT}\ngroup g any\n", 2, "not the form of a group line", "group <name>"),
        (f"{X1_TEXT}\ngroup X1 any X1\n", 2, "X1 is defined already", "names"),
        (f"{X1_TEXT}\ngroup none any X1\n", 2, "none has a meaning", "another name"),
        (f"{X1_TEXT}\ngroup g any g\n", 2, "no witness or group g", "define it first"),
        (f"{X1_TEXT}\ngroup g any none\n", 2, "no witness or group none", "define"),
        (f"{X1_TEXT}\ngroup g 0 X1\n", 2, "0 is no number", "group <name>"),
        (f"{X1_TEXT}\ngroup g 01 X1\n", 2, "01 is no number", "group <name>"),
        (f"{X1_TEXT}\ngroup g ２ X1\n", 2, "２ is no number", "group <name>"),
        (f"{X1_TEXT}\ngroup g 2 X1\n", 2, "2 of 1 members", "1 to 1"),
        (f"{X1_TEXT}\ngroup g 2 X1 X1\n", 2, "second time", "once"),
        (f"{X1_TEXT}\ngroup g any X1\ngroup h any X1\n", 3, "second time", "once"),
        ("quorum none\r\n", 1, "control character", "LF"),
        ("# a\x00b\nquorum none\n", 1, "control character", "plain text"),
        ("# a\x7fb\nquorum none\n", 1, "control character", "plain text"),
    ],
)
def test_a_line_in_any_other_form_is_refused_with_its_number_and_its_mend(
    text: str, line: int, said: str, mend: str
) -> None:
    with pytest.raises(PolicyError) as refused:
        Policy.parse(text)
    assert refused.value.line == line
    assert said in refused.value.detail
    assert mend in refused.value.mend
    if line:
        assert str(refused.value).startswith(f"line {line}: ")


@pytest.mark.parametrize(
    ("limit", "lines"),
    [
        (
            MAX_LOGS,
            lambda count: [
                f"log {key_of(100 + n, f'l{n}.example', ED25519).verifier.encode()}"
                for n in range(count)
            ],
        ),
        (
            MAX_WITNESSES,
            lambda count: [
                f"witness w{n} {key_of(100 + n, f'w{n}.example').verifier.encode()}"
                for n in range(count)
            ],
        ),
        (
            MAX_GROUPS,
            lambda count: (
                [X1_TEXT, "group g0 any X1"] + [f"group g{n} any g{n - 1}" for n in range(1, count)]
            ),
        ),
    ],
    ids=["logs", "witnesses", "groups"],
)
def test_a_policy_of_the_most_lines_is_read_and_one_more_is_refused(
    limit: int, lines: Callable[[int], list[str]]
) -> None:
    assert limit >= 32  # what the specification asks every reader to take
    Policy.parse("\n".join((*lines(limit), "quorum none")))
    with pytest.raises(PolicyError, match=f"more than {limit}"):
        Policy.parse("\n".join((*lines(limit + 1), "quorum none")))


def test_a_policy_of_the_most_bytes_is_read_and_one_more_is_refused() -> None:
    end = b"\nquorum none\n"
    most = b"#" * (MAX_BYTES - len(end)) + end
    assert Policy.decode(most) == Policy()
    with pytest.raises(PolicyError, match="at most"):
        Policy.decode(b"#" + most)


def test_a_policy_made_of_values_is_held_to_the_same_rules() -> None:
    with pytest.raises(PolicyError, match="no witness or group w"):
        Policy(quorum="w")
    with pytest.raises(PolicyError, match="one word"):
        Policy(witnesses=(WitnessLine(name="a b", vkey=X1.verifier),))
    with pytest.raises(PolicyError, match="0 of 1"):
        Policy(
            witnesses=(WitnessLine(name="a", vkey=X1.verifier),),
            groups=(GroupLine(name="g", threshold=0, members=("a",)),),
        )


@given(st.text(alphabet=" \t\n#loqgw+AB12=é\r", max_size=60) | st.text(max_size=60))
def test_whatever_the_text_a_policy_or_its_one_refusal_comes_back(text: str) -> None:
    try:
        policy = Policy.parse(text)
    except PolicyError:
        return
    assert Policy.parse(policy.text()) == policy


@given(st.binary(max_size=80))
def test_whatever_the_bytes_a_policy_or_its_one_refusal_comes_back(raw: bytes) -> None:
    try:
        Policy.decode(raw)
    except PolicyError:
        return


@given(st.data())
def test_a_policy_with_its_lines_disturbed_is_read_or_refused_and_never_else(
    data: st.DataObject,
) -> None:
    lines = TWO_AND_ONE.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    words = lines[place].split(" ")
    at = data.draw(st.integers(0, len(words) - 1))
    words[at] = data.draw(st.sampled_from(["", "any", "all", "0", "9", "X1", "both", "log", "#"]))
    lines[place] = " ".join(words)
    try:
        policy = Policy.parse("\n".join(lines))
    except PolicyError:
        return
    assert Policy.parse(policy.text()) == policy


# Quorums, by hand.


@pytest.mark.parametrize(
    ("names", "met"),
    [
        ((), False),
        (("X1", "X2"), False),
        (("Y1",), False),
        (("X1", "Y1"), False),
        (("X1", "X3", "Y2"), True),
        (("X1", "X2", "X3", "Y1", "Y2"), True),
        (("X", "Y"), False),
        (("both",), False),
        (("X1", "X1", "Y1"), False),
    ],
)
def test_two_of_three_and_one_of_two_are_the_quorum_and_nothing_less(
    names: tuple[str, ...], *, met: bool
) -> None:
    assert Policy.parse(TWO_AND_ONE).is_met_by(names) is met


def test_without_a_quorum_nobody_is_enough_and_with_one_witness_it_alone_is() -> None:
    assert Policy.parse(f"{X1_TEXT}\nquorum none\n").is_met_by(())
    alone = Policy.parse(f"{X1_TEXT}\n{X2_TEXT}\nquorum X1\n")
    assert alone.is_met_by({"X1"})
    assert not alone.is_met_by({"X2"})


# What a checkpoint's signatures establish.


def test_a_checkpoint_that_enough_witnesses_cosigned_is_quorate() -> None:
    witnessed = Policy.parse(TWO_AND_ONE).check(signed(X1, X3, Y1))
    noon = datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert witnessed.checkpoint == CHECKPOINT
    assert witnessed.cosigned == {"X1": noon, "X3": noon, "Y1": noon}
    assert witnessed.is_quorate
    assert witnessed.quorum_at == noon


def test_a_checkpoint_that_too_few_cosigned_is_not_quorate_and_says_who_did() -> None:
    witnessed = Policy.parse(TWO_AND_ONE).check(signed(X1, X3))
    assert set(witnessed.cosigned) == {"X1", "X3"}
    assert not witnessed.is_quorate
    assert witnessed.quorum_at is None


def test_the_quorum_is_as_old_as_the_witness_that_completes_it() -> None:
    raw = signed(X1, time_s=NOON)
    later = [(X2, NOON + 60), (X3, NOON + 90), (Y1, NOON + 30), (X1, NOON + 40)]
    raw = add_signatures(raw, [cosign(CHECKPOINT, key, time_s=at) for key, at in later])
    witnessed = Policy.parse(TWO_AND_ONE).check(raw)
    # X3 at 90 and X2 at 60 are two of X; Y1 at 30 completes it. X1's first line is older.
    assert witnessed.quorum_at == datetime.fromtimestamp(NOON + 30, UTC)
    assert witnessed.cosigned["X1"] == datetime.fromtimestamp(NOON + 40, UTC)


def test_the_published_checkpoint_meets_a_policy_of_the_published_keys(
    vectors: dict[str, str],
) -> None:
    policy = Policy.parse(
        f"log {vectors['log_vkey']}\nwitness w {vectors['witness_vkey']}\nquorum w\n"
    )
    witnessed = policy.check(vectors["cosigned_checkpoint"].encode())
    assert witnessed.is_quorate
    assert witnessed.quorum_at == datetime.fromtimestamp(1_700_000_000, UTC)


def test_signatures_of_strangers_are_passed_over() -> None:
    witnessed = Policy.parse(f"{LOG_TEXT}\n{X1_TEXT}\nquorum X1\n").check(signed(X1, Y1))
    assert set(witnessed.cosigned) == {"X1"}


def test_a_checkpoint_that_no_log_of_the_policy_signed_is_refused() -> None:
    policy = Policy.parse(f"{LOG_TEXT}\n{X1_TEXT}\nquorum X1\n")
    assert policy.check(signed(X1)).is_quorate
    with pytest.raises(NoteError, match="no known key of"):
        policy.check(signed(X1, logs=(NEXT_LOG,)))
    with pytest.raises(NoteError, match="no known key has signed"):
        policy.check(signed(logs=(NEXT_LOG,)))


def test_a_log_cannot_sign_for_another_log_of_the_policy() -> None:
    policy = Policy.parse(f"{LOG_TEXT}\nlog {OTHER_LOG.verifier.encode()}\nquorum none\n")
    assert policy.check(signed()).checkpoint == CHECKPOINT
    with pytest.raises(NoteError, match=f"no known key of {ORIGIN}"):
        policy.check(signed(logs=(OTHER_LOG,)))


def test_while_a_log_changes_its_key_either_key_will_do() -> None:
    policy = Policy.parse(f"{LOG_TEXT}\nlog {NEXT_LOG.verifier.encode()}\nquorum none\n")
    for logs in ((LOG,), (NEXT_LOG,), (LOG, NEXT_LOG)):
        assert policy.check(signed(logs=logs)).checkpoint == CHECKPOINT


def test_a_key_that_followed_the_policys_own_may_be_brought_along() -> None:
    policy = Policy.parse(f"{LOG_TEXT}\nquorum none\n")
    raw = signed(logs=(NEXT_LOG,))
    assert policy.check(raw, log_keys=[NEXT_LOG.verifier]).checkpoint == CHECKPOINT
    with pytest.raises(NoteError, match="no known key"):
        policy.check(raw)


def test_a_false_line_of_a_known_key_refuses_the_checkpoint_and_of_an_unknown_one_does_not() -> (
    None
):
    policy = Policy.parse(f"{LOG_TEXT}\n{X1_TEXT}\nquorum none\n")
    for key, refused in ((X1, True), (Y1, False)):
        line = SignatureLine(
            name=key.name, key_id=key.verifier.key_id, signature=NOON.to_bytes(8, "big") + bytes(64)
        )
        raw = add_signatures(signed(), [line])
        if refused:
            with pytest.raises(NoteError, match="false"):
                policy.check(raw)
        else:
            assert policy.check(raw).cosigned == {}


@pytest.mark.parametrize("time_s", [0, 253_402_300_800, 2**63 - 1])
def test_a_cosignature_of_no_possible_time_is_refused(time_s: int) -> None:
    policy = Policy.parse(f"{LOG_TEXT}\n{X1_TEXT}\nquorum X1\n")
    with pytest.raises(NoteError, match="time"):
        policy.check(signed(X1, time_s=time_s))


@pytest.mark.parametrize("time_s", [1, 253_402_300_799])
def test_a_cosignature_of_the_first_or_last_possible_second_is_taken(time_s: int) -> None:
    policy = Policy.parse(f"{LOG_TEXT}\n{X1_TEXT}\nquorum X1\n")
    assert policy.check(signed(X1, time_s=time_s)).is_quorate


@given(st.binary(max_size=200))
def test_whatever_the_note_a_verdict_or_its_one_refusal_comes_back(tail: bytes) -> None:
    raw = signed(X1)
    policy = Policy.parse(f"{LOG_TEXT}\n{X1_TEXT}\nquorum X1\n")
    for bytes_ in (tail, raw + tail, tail + raw, raw[: -len(tail) or None] + tail):
        try:
            assert policy.check(bytes_).checkpoint == CHECKPOINT
        except NoteError:
            continue


def test_two_witnesses_of_one_key_name_are_told_apart_by_their_keys() -> None:
    twin = key_of(31, "x1.example")
    text = f"{LOG_TEXT}\n{X1_TEXT}\nwitness T {twin.verifier.encode()}\nquorum none\n"
    assert set(Policy.parse(text).check(signed(twin)).cosigned) == {"T"}
    assert b64_encode(twin.verifier.key_id) != b64_encode(X1.verifier.key_id)
