"""A pack opens for its auditor alone, whole, and says nothing that it is not bound to."""

import hashlib
import json
from dataclasses import replace
from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.errors import PackError
from relay_protocol.jwk import kid_of
from relay_protocol.pack import SCHEMA, CloseDocuments, Pack, open_pack, seal_pack

KEY = ec.derive_private_key(11, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(12, ec.SECP256R1())
PACK = Pack(
    log="hub.example/ledger",
    auditor="kansa",
    cut=9,
    until="2026-12-08",
    checkpoint=b"a note",
    reveals={3: b"salt and attestation", 8: b"another"},
    closes=(
        CloseDocuments(
            period="2026-11", salt=bytes(32), statements=(b"one", b"two"), netting=b"{}"
        ),
    ),
)


def document(raw: bytes) -> dict[str, Value]:
    value = canonical.decode(raw, limit_bytes=2**20)
    assert isinstance(value, dict)
    return value


def test_a_pack_comes_back_from_its_bytes() -> None:
    assert Pack.decode(PACK.encode()) == PACK


def test_an_empty_pack_comes_back_from_its_bytes() -> None:
    empty = replace(PACK, cut=0, reveals={}, closes=())
    assert Pack.decode(empty.encode()) == empty


def test_its_digest_is_that_of_its_bytes() -> None:
    assert PACK.digest() == hashlib.sha256(PACK.encode()).digest()


def test_its_auditor_opens_it() -> None:
    assert open_pack(seal_pack(PACK, KEY.public_key()), KEY) == PACK


def test_the_cover_tells_whom_it_is_for_and_nothing_of_what_is_inside() -> None:
    sealed = seal_pack(PACK, KEY.public_key())
    cover = document(sealed)
    assert cover.keys() == {"auditor", "kid", "log", "schema", "sealed", "until"}
    assert (cover["auditor"], cover["schema"]) == ("kansa", SCHEMA)
    assert cover["kid"] == kid_of(KEY.public_key())
    assert b"attestation" not in sealed


def test_it_is_sealed_anew_each_time() -> None:
    assert seal_pack(PACK, KEY.public_key()) != seal_pack(PACK, KEY.public_key())


def test_the_cover_may_be_written_in_another_way() -> None:
    cover = document(seal_pack(PACK, KEY.public_key()))
    assert open_pack(json.dumps(cover, indent=1).encode() + b"\n", KEY) == PACK


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(PackError, match="sealed to another key"):
        open_pack(seal_pack(PACK, KEY.public_key()), OTHER_KEY)


def test_a_cover_that_names_another_key_does_not_help() -> None:
    cover = document(seal_pack(PACK, KEY.public_key()))
    cover["kid"] = kid_of(OTHER_KEY.public_key())
    with pytest.raises(PackError, match="not for this key"):
        open_pack(canonical.encode(cover, limit_bytes=2**20), OTHER_KEY)


@pytest.mark.parametrize(
    ("member", "text"), [("auditor", "other"), ("log", "other.example/ledger")]
)
def test_a_pack_is_bound_to_its_ledger_and_auditor(member: str, text: str) -> None:
    cover = document(seal_pack(PACK, KEY.public_key()))
    cover[member] = text
    with pytest.raises(PackError, match="changed on its way"):
        open_pack(canonical.encode(cover, limit_bytes=2**20), KEY)


def test_a_longer_use_than_was_sealed_is_refused() -> None:
    cover = document(seal_pack(PACK, KEY.public_key()))
    cover["until"] = "2027-12-08"
    with pytest.raises(PackError, match="something else than its cover"):
        open_pack(canonical.encode(cover, limit_bytes=2**20), KEY)


def test_one_changed_letter_is_noticed() -> None:
    cover = document(seal_pack(PACK, KEY.public_key()))
    sealed = str(cover["sealed"])
    cover["sealed"] = sealed[:200] + ("A" if sealed[200] != "A" else "B") + sealed[201:]
    with pytest.raises(PackError):
        open_pack(canonical.encode(cover, limit_bytes=2**20), KEY)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_sealed_pack_are_refused(raw: bytes) -> None:
    with pytest.raises(PackError):
        open_pack(raw, KEY)


@given(
    st.dictionaries(
        st.sampled_from(["auditor", "kid", "log", "schema", "sealed", "until", "more"]),
        st.one_of(st.none(), st.integers(), st.text(max_size=5), st.just(SCHEMA)),
    )
)
def test_covers_that_lack_something_are_refused(cover: dict[str, object]) -> None:
    with pytest.raises(PackError):
        open_pack(json.dumps(cover).encode(), KEY)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_pack_are_refused(raw: bytes) -> None:
    with pytest.raises(PackError):
        Pack.decode(raw)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("auditor", "Nobody At All"),
        ("log", "no log"),
        ("cut", True),
        ("cut", "9"),
        ("until", "2026-12-32"),
        ("checkpoint", "not base64url!"),
        ("reveals", [[3]]),
        ("reveals", [[True, "AAAA"]]),
        ("reveals", [[8, "AAAA"], [3, "AAAA"]]),
        ("reveals", [[3, "AAAA"], [3, "AAAA"]]),
        ("reveals", [[9, "AAAA"]]),
        ("reveals", [[-1, "AAAA"]]),
        ("closes", [{"period": "2026-11"}]),
        ("closes", ["2026-11"]),
        ("v", 2),
        ("more", 1),
    ],
)
def test_a_pack_with_a_wrong_part_is_refused(member: str, value: Value) -> None:
    changed = {**document(PACK.encode()), member: value}
    with pytest.raises(PackError):
        Pack.decode(canonical.encode(changed))


@pytest.mark.parametrize(
    ("member", "value"), [("period", "2026-13"), ("salt", "AAAA"), ("statements", "none")]
)
def test_documents_of_a_period_with_a_wrong_part_are_refused(member: str, value: Value) -> None:
    changed = document(PACK.encode())
    closes = changed["closes"]
    assert isinstance(closes, list)
    assert isinstance(closes[0], dict)
    closes[0][member] = value
    with pytest.raises(PackError):
        Pack.decode(canonical.encode(changed))


@pytest.mark.parametrize(("day", "over"), [(date(2026, 12, 8), False), (date(2026, 12, 9), True)])
def test_a_pack_is_over_after_its_last_day(day: date, *, over: bool) -> None:
    assert PACK.is_over(day) is over
