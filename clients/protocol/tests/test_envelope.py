import hashlib
import json
from copy import deepcopy
from typing import cast

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from relay_protocol import envelope as room
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.envelope import open_envelope, seal_envelope
from relay_protocol.errors import EnvelopeError
from relay_protocol.jwk import kid_of

IDENTITY = {
    "name": "架空 未来",
    "kana": "カクウ ミライ",
    "email": "mirai@example.jp",
    "phone": "090-0000-0001",
}
CLAIM = "clm_" + "0" * 26
APPROVAL = "A" * 22
AGENCY = "sakura"
KEYS = [ec.derive_private_key(number, ec.SECP256R1()) for number in range(11, 17)]
KIDS = [kid_of(key.public_key()) for key in KEYS]
SUITE = Suite(KEM.P256, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def sealed(count: int = 1, identity: dict[str, str] | None = None) -> dict[str, Value]:
    return seal_envelope(
        IDENTITY if identity is None else identity,
        {kid: key.public_key() for kid, key in zip(KIDS[:count], KEYS[:count], strict=True)},
        claim=CLAIM,
        approval=APPROVAL,
        agency=AGENCY,
    )


def copies(envelope: dict[str, Value]) -> list[dict[str, str]]:
    return cast("list[dict[str, str]]", envelope["sealed"])


def by_hand(plaintext: bytes) -> dict[str, Value]:
    """Return an envelope whose content is sealed as it is."""
    envelope = sealed()
    info = room.info(claim=CLAIM, approval=APPROVAL, agency=AGENCY, kid=KIDS[0])
    ciphertext = SUITE.encrypt(plaintext, KEYS[0].public_key(), info=info)
    copies(envelope)[0]["ciphertext"] = b64url_encode(ciphertext)
    return envelope


def framed(content: bytes) -> bytes:
    """Return length and content in one block of 256 bytes, as the protocol has it."""
    return (len(content).to_bytes(2, "big") + content).ljust(256, b"\0")


@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_key_of_the_agency_opens_what_was_sealed(count: int) -> None:
    envelope = sealed(count)
    for kid, key in zip(KIDS[:count], KEYS[:count], strict=True):
        assert open_envelope(envelope, key, kid) == IDENTITY


def test_an_envelope_says_what_it_is_for_and_nothing_of_whom() -> None:
    envelope = sealed(2)
    assert set(envelope) == {"v", "schema", "claim", "approval", "agency", "sealed"}
    assert (envelope["v"], envelope["schema"]) == (1, "identity-1")
    assert (envelope["claim"], envelope["approval"]) == (CLAIM, APPROVAL)
    assert room.sealed_to(envelope) == tuple(sorted(KIDS[:2]))
    raw = json.dumps(envelope, ensure_ascii=False)
    assert not any(text in raw for text in IDENTITY.values())
    room.check_envelope(envelope)


def test_another_tool_opens_the_envelope_from_its_description() -> None:
    envelope = sealed()
    info = json.dumps(
        {
            "use": "career-relay/envelope/v1",
            "schema": "identity-1",
            "claim": CLAIM,
            "approval": APPROVAL,
            "agency": AGENCY,
            "kid": KIDS[0],
        },
        sort_keys=True,
        separators=(",", ":"),
    ).encode()
    ciphertext = b64url_decode(copies(envelope)[0]["ciphertext"])
    plaintext = SUITE.decrypt(ciphertext, KEYS[0], info=info)
    length = int.from_bytes(plaintext[:2], "big")
    assert json.loads(plaintext[2 : 2 + length]) == IDENTITY
    assert len(plaintext) == 256
    assert not any(plaintext[2 + length :])


def test_another_tool_can_write_an_envelope() -> None:
    content = json.dumps(IDENTITY, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert open_envelope(by_hand(framed(content.encode())), KEYS[0], KIDS[0]) == IDENTITY


def test_the_length_of_a_name_does_not_show() -> None:
    lengths = {
        len(copies(sealed(identity={"name": name}))[0]["ciphertext"])
        for name in ("李", "架空 未来", "x" * 200)
    }
    assert len(lengths) == 1


def test_the_same_identity_is_sealed_in_another_way_each_time() -> None:
    assert sealed() != sealed()


def test_the_digest_is_that_of_the_canonical_bytes() -> None:
    envelope = sealed()
    written = json.dumps(envelope, sort_keys=True, separators=(",", ":")).encode()
    assert room.digest(envelope) == hashlib.sha256(written).digest()


def test_the_items_of_an_identity_stand_in_their_order() -> None:
    assert room.items_of(dict(reversed(IDENTITY.items()))) == ("name", "kana", "email", "phone")
    assert room.items_of({"email": "a", "name": "b"}) == ("name", "email")


def test_a_stranger_opens_nothing() -> None:
    envelope = sealed()
    with pytest.raises(EnvelopeError, match="not sealed to this key"):
        open_envelope(envelope, KEYS[1], KIDS[1])
    with pytest.raises(EnvelopeError, match="not the one that it is called"):
        open_envelope(envelope, KEYS[1], KIDS[0])


@pytest.mark.parametrize(
    "change", [{"claim": "clm_" + "1" * 26}, {"approval": "B" * 21 + "A"}, {"agency": "aozora"}]
)
def test_an_envelope_for_another_purpose_does_not_open(change: dict[str, Value]) -> None:
    with pytest.raises(EnvelopeError, match="altered, or sealed to another"):
        open_envelope({**sealed(), **change}, KEYS[0], KIDS[0])


def test_a_copy_under_another_keys_name_does_not_open() -> None:
    envelope = sealed(2)
    first, second = (copy["ciphertext"] for copy in copies(envelope))
    copies(envelope)[0]["ciphertext"], copies(envelope)[1]["ciphertext"] = second, first
    for kid, key in zip(KIDS[:2], KEYS[:2], strict=True):
        with pytest.raises(EnvelopeError, match="altered, or sealed to another"):
            open_envelope(envelope, key, kid)


@pytest.mark.parametrize("place", [0, 1, 64, 65, -17, -1])
def test_a_flipped_bit_is_seen(place: int) -> None:
    envelope = sealed()
    raw = bytearray(b64url_decode(copies(envelope)[0]["ciphertext"]))
    raw[place] ^= 1
    copies(envelope)[0]["ciphertext"] = b64url_encode(bytes(raw))
    with pytest.raises(EnvelopeError, match="altered"):
        open_envelope(envelope, KEYS[0], KIDS[0])


@pytest.mark.parametrize(
    "change",
    [
        {"v": 2},
        {"v": True},
        {"schema": "identity-2"},
        {"claim": "ref_" + "0" * 26},
        {"approval": "A"},
        {"agency": "Sakura"},
        {"sealed": []},
        {"sealed": {}},
        {"sealed": None},
        {"remark": ""},
    ],
)
def test_a_document_of_another_form_is_no_envelope(change: dict[str, Value]) -> None:
    with pytest.raises(EnvelopeError):
        room.check_envelope({**sealed(), **change})


@pytest.mark.parametrize("document", [None, [], "text", 1, {}])
def test_what_is_no_document_is_no_envelope(document: Value) -> None:
    with pytest.raises(EnvelopeError):
        room.check_envelope(document)


@pytest.mark.parametrize("member", ["v", "schema", "claim", "approval", "agency", "sealed"])
def test_an_envelope_without_a_member_is_refused(member: str) -> None:
    with pytest.raises(EnvelopeError, match=f"envelope/{member} is missing"):
        room.check_envelope({key: value for key, value in sealed().items() if key != member})


def test_copies_of_another_form_are_refused() -> None:
    for change in ({"kid": "short"}, {"ciphertext": ""}, {"ciphertext": "A" * 10}, {"more": ""}):
        envelope = deepcopy(sealed())
        copies(envelope)[0].update(change)
        with pytest.raises(EnvelopeError):
            room.check_envelope(envelope)
        with pytest.raises(EnvelopeError):
            open_envelope(envelope, KEYS[0], KIDS[0])


def test_copies_stand_sorted_one_for_each_key() -> None:
    envelope = sealed(2)
    first, second = copies(envelope)
    for wrong in ([second, first], [first, first]):
        with pytest.raises(EnvelopeError, match="sorted by key"):
            room.check_envelope({**envelope, "sealed": cast("Value", wrong)})


def test_no_envelope_is_sealed_to_nobody_or_to_too_many() -> None:
    for count in (0, 6):
        with pytest.raises(EnvelopeError, match="sealed"):
            sealed(count)


def test_a_key_under_another_name_is_not_sealed_to() -> None:
    with pytest.raises(EnvelopeError, match="not the one that it is called"):
        seal_envelope(
            IDENTITY,
            {KIDS[0]: KEYS[1].public_key()},
            claim=CLAIM,
            approval=APPROVAL,
            agency=AGENCY,
        )


@pytest.mark.parametrize("change", [{"claim": "clm"}, {"approval": ""}, {"agency": "!"}])
def test_an_envelope_is_not_made_for_no_purpose(change: dict[str, str]) -> None:
    purpose = {"claim": CLAIM, "approval": APPROVAL, "agency": AGENCY, **change}
    with pytest.raises(EnvelopeError):
        seal_envelope(IDENTITY, {KIDS[0]: KEYS[0].public_key()}, **purpose)


@pytest.mark.parametrize(
    "identity",
    [{"name": "x"}, {"name": "x" * 200, "phone": "0"}, {"name": "x", "kana": "y", "email": "z"}],
)
def test_an_identity_holds_a_name_and_what_else_there_is(identity: dict[str, str]) -> None:
    assert open_envelope(sealed(identity=identity), KEYS[0], KIDS[0]) == identity


@pytest.mark.parametrize(
    "identity",
    [
        {},
        {"email": "mirai@example.jp"},
        {"name": ""},
        {"name": " "},
        {"name": "x" * 201},
        {"name": "x", "phone": ""},
        {"name": "x", "address": "y"},
    ],
)
def test_an_identity_without_a_name_or_with_more_is_neither_sealed_nor_opened(
    identity: dict[str, str],
) -> None:
    with pytest.raises(EnvelopeError):
        sealed(identity=identity)
    content = json.dumps(identity, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(EnvelopeError):
        open_envelope(by_hand(framed(content)), KEYS[0], KIDS[0])


def test_an_item_that_is_no_text_is_not_opened() -> None:
    with pytest.raises(EnvelopeError):
        open_envelope(by_hand(framed(b'{"name":1}')), KEYS[0], KIDS[0])


@pytest.mark.parametrize(
    "plaintext",
    [
        bytes(256),
        framed(b'{"name":"x"}')[:-1] + b"\x01",
        framed(b'{"name":"x"}') + bytes(256),
        b"\xff\xff" + bytes(254),
        framed(b'{"name": "x"}'),
        framed(b"[]"),
        framed(b"{"),
    ],
)
def test_content_in_another_form_is_not_opened(plaintext: bytes) -> None:
    with pytest.raises(EnvelopeError):
        open_envelope(by_hand(plaintext), KEYS[0], KIDS[0])


def test_the_longest_identity_fits() -> None:
    longest = dict.fromkeys(IDENTITY, "𠮷" * 200)
    assert open_envelope(sealed(identity=longest), KEYS[0], KIDS[0]) == longest


def test_what_binds_a_copy_tells_every_purpose_apart() -> None:
    whole = {"claim": "c", "approval": "a", "agency": "g", "kid": "k", "schema": "s"}
    changed = [{**whole, name: "other"} for name in whole]
    assert len({room.info(**context) for context in (whole, *changed)}) == 6
