"""A signed attestation is taken apart in one way, however its bytes are read."""

import hashlib
import json
import re
from base64 import urlsafe_b64encode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relay_protocol import wire as room
from relay_protocol.errors import AttestationError
from relay_protocol.wire import JWS_TYPE, Signature, take_apart

KID = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
SAID = b'{"any":"bytes"}'
SIGNATURE = bytes(range(64))


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def compact(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


HEADER = b64(compact({"alg": "EdDSA", "kid": KID, "typ": JWS_TYPE}))
JWS = compact({"jws": f"{HEADER}.{b64(SAID)}.{b64(SIGNATURE)}"})
PARTS = {
    "attestation": b64(SAID),
    "authenticator_data": b64(b"authenticator"),
    "client_data": b64(b"{}"),
    "credential": b64(b"credential"),
    "signature": b64(b"der"),
}
ASSERTION = compact({"assertion": PARTS})


def test_a_jws_is_taken_apart() -> None:
    said, how = take_apart(JWS)
    assert said == SAID
    assert how == Signature("jws", KID, f"{HEADER}.{b64(SAID)}".encode(), SIGNATURE)


def test_an_assertion_is_taken_apart() -> None:
    said, how = take_apart(ASSERTION)
    assert said == SAID
    assert how == Signature(
        "assertion",
        b64(b"credential"),
        b"authenticator",
        b"der",
        hashlib.sha256(SAID).digest(),
        b"{}",
    )


def outcome(raw: bytes) -> object:
    """Return the parts of bytes, or the words in which they are refused."""
    try:
        return take_apart(raw)
    except AttestationError as error:
        return str(error)


def in_full(raw: bytes, monkeypatch: pytest.MonkeyPatch) -> object:
    """Return the same without the short ways for what is plain."""
    with monkeypatch.context() as patch:
        patch.setattr(room, "_JWS_START", b"what nothing begins with")
        patch.setattr(room, "_ASSERTION", re.compile(rb"(?!)"))
        return outcome(raw)


@pytest.mark.parametrize("honest", [JWS, ASSERTION])
def test_both_ways_of_reading_agree_on_what_is_plain(
    honest: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert outcome(honest) == in_full(honest, monkeypatch)
    assert not isinstance(outcome(honest), str)


@pytest.mark.parametrize("honest", [JWS, ASSERTION])
def test_both_ways_of_reading_agree_on_every_changed_byte(
    honest: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for at in range(len(honest)):
        for byte in b'"A=+.\\B':
            changed = honest[:at] + bytes([byte]) + honest[at + 1 :]
            assert outcome(changed) == in_full(changed, monkeypatch), changed


@settings(max_examples=300)
@given(st.data())
def test_both_ways_of_reading_agree_on_pieces_put_together(data: st.DataObject) -> None:
    pieces = [b'{"jws":"', b'{"assertion":', b"AAAA", b"AAA", b"AA", b"A", b".", b'"}', b"}", b"-_"]
    raw = b"".join(data.draw(st.lists(st.sampled_from([*pieces, HEADER.encode(), JWS, b"/"]))))
    with pytest.MonkeyPatch.context() as monkeypatch:
        assert outcome(raw) == in_full(raw, monkeypatch)


@given(st.binary(max_size=80))
def test_any_bytes_are_taken_apart_or_refused(raw: bytes) -> None:
    outcome(raw)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (f"{HEADER}.{b64(SAID)}", "three parts"),
        (f"{HEADER}.{b64(SAID)}.{b64(SIGNATURE)}.", "three parts"),
        (f"{HEADER}.{b64(SAID)}.{b64(SIGNATURE[:-1])}", "64 bytes"),
        (f"{HEADER}.{b64(SAID)}=.{b64(SIGNATURE)}", "not base64url"),
        (f"{HEADER}.{b64(SAID)}.{b64(SIGNATURE)[:-1]}B", "not base64url"),
        (f"{b64(b'{ }')}.{b64(SAID)}.{b64(SIGNATURE)}", "header is not canonical"),
        (f"{b64(b'{}')}.{b64(SAID)}.{b64(SIGNATURE)}", "exactly alg, kid and typ"),
    ],
)
def test_a_jws_in_another_form_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(AttestationError, match=words):
        take_apart(compact({"jws": text}))


@pytest.mark.parametrize(
    ("member", "text", "words"),
    [
        ("credential", "", "credential is not a passkey's credential id"),
        ("credential", b64(bytes(1_024)), "credential is not a passkey's credential id"),
        ("credential", "AAAB=", "credential is not a passkey's credential id"),
        ("client_data", b64(bytes(4_097)), "client_data is too long"),
        ("signature", b64(bytes(73)), "too long"),
        ("attestation", "A", "not base64url"),
    ],
)
def test_an_assertion_in_another_form_is_refused_in_words(
    member: str, text: str, words: str
) -> None:
    with pytest.raises(AttestationError, match=words):
        take_apart(compact({"assertion": {**PARTS, member: text}}))


@pytest.mark.parametrize(
    "value", [[], {}, {"jws": 1}, {"assertion": "x"}, {"assertion": {}}, {"jws": "", "more": 1}]
)
def test_what_is_neither_is_refused(value: object) -> None:
    with pytest.raises(AttestationError):
        take_apart(compact(value))


def test_bytes_beyond_an_entrys_limit_are_refused() -> None:
    fits = 65_535 - len(compact({"jws": f"{HEADER}..{b64(SIGNATURE)}"}))
    # Of three letters in four the last is bound to be one that leaves no bit over.
    fits -= fits % 4
    longest = compact({"jws": f"{HEADER}.{'A' * fits}.{b64(SIGNATURE)}"})
    assert take_apart(longest)[0] == bytes(fits // 4 * 3)
    with pytest.raises(AttestationError, match="not canonical"):
        take_apart(compact({"jws": f"{HEADER}.{'A' * (fits + 4)}.{b64(SIGNATURE)}"}))


def test_more_keys_than_are_remembered_are_still_told_apart(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(room, "REMEMBERED", 2)
    for number in range(9):
        kid = b64(bytes([number] * 32))
        header = b64(compact({"alg": "EdDSA", "kid": kid, "typ": JWS_TYPE}))
        assert take_apart(compact({"jws": f"{header}.AAAA.{b64(SIGNATURE)}"}))[1].kid == kid
