"""Each line of a pack opens with one key, in one place, and is read in one way."""

import hashlib
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import contents, manifest, sealed
from relay_protocol.errors import PackError
from relay_protocol.jwk import kid_of
from relay_protocol.sealed import Cover, SealedPart

KEY = ec.derive_private_key(11, ec.SECP256R1())
OTHER_KEY = ec.derive_private_key(12, ec.SECP256R1())
COVER = Cover.of(KEY.public_key(), log="hub.example/ledger", auditor="kansa", until="2026-12-08")
BYTES = b"what a part holds"


def part(line: bytes, number: int = 3, raw: bytes = BYTES) -> SealedPart:
    return SealedPart(
        cover=COVER,
        number=number,
        digest=hashlib.sha256(raw).digest(),
        listed=None,
        line=line,
    )


def line(number: int = 3, raw: bytes = BYTES) -> bytes:
    return sealed.seal(raw, KEY.public_key(), COVER, number)


def read(first: bytes) -> tuple[bytes, ec.EllipticCurvePrivateKey, Cover]:
    cover, ciphertext = sealed.read_cover(first)
    return ciphertext, KEY, cover


def test_a_part_opens_in_its_place() -> None:
    assert sealed.open_line(part(line()), KEY) == BYTES


def test_a_part_line_says_nothing_but_its_number() -> None:
    assert line().startswith(b'{"number":3,"sealed":"')
    assert line().endswith(b'"}\n')
    assert line().count(b'"') == 6


def test_the_first_line_tells_the_cover() -> None:
    first = line(number=0)
    cover, ciphertext = sealed.read_cover(first)
    assert cover == COVER
    assert cover.kid == kid_of(KEY.public_key())
    assert sealed.unseal(ciphertext, KEY, cover, 0) == BYTES


def test_a_line_of_another_place_is_refused() -> None:
    with pytest.raises(PackError, match="another part"):
        sealed.open_line(part(line(number=4)), KEY)
    renumbered = line(number=4).replace(b'"number":4', b'"number":3')
    with pytest.raises(PackError, match="changed on its way"):
        sealed.open_line(part(renumbered), KEY)


@pytest.mark.parametrize("member", ["log", "auditor"])
def test_a_line_of_another_pack_is_refused(member: str) -> None:
    other = replace(COVER, **{member: "other"})
    foreign = sealed.seal(BYTES, KEY.public_key(), other, 3)
    with pytest.raises(PackError, match="changed on its way"):
        sealed.open_line(part(foreign), KEY)


def test_a_line_with_other_bytes_than_listed_is_refused() -> None:
    with pytest.raises(PackError, match="not the part that is listed"):
        sealed.open_line(part(line(raw=b"other")), KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(PackError, match="another key"):
        sealed.open_line(part(line()), OTHER_KEY)


@pytest.mark.parametrize(
    "change",
    [
        lambda raw: raw[:-1],
        lambda raw: raw[:-3],
        lambda raw: raw + b"\n",
        lambda raw: b" " + raw,
        lambda raw: raw.replace(b'":"', b'": "'),
        lambda raw: raw.replace(b'"}', b'","more":1}'),
        lambda raw: raw.replace(b'"sealed":"', b'"sealed":"='),
        lambda raw: raw.replace(b'"sealed":"', b'"sealed":"+'),
        lambda raw: raw.replace(b'"number":3', b'"number":03'),
        lambda raw: raw.replace(b'"number":3', b'"number":3.0'),
        lambda _raw: b"",
        lambda _raw: b"\n",
        lambda _raw: b'{"number":3,"sealed":"',
        lambda _raw: b'{"number":3,"sealed":""}\n',
        lambda _raw: b"[" * 100_000,
    ],
)
def test_a_line_in_another_form_is_refused(change: object) -> None:
    assert callable(change)
    with pytest.raises(PackError):
        sealed.open_line(part(change(line())), KEY)


@pytest.mark.parametrize(
    ("said", "other"),
    [
        (b'"schema":"career-relay/pack/v2"', b'"schema":"career-relay/pack/v1"'),
        (b'"number":0', b'"number":1'),
        (b'"until":"2026-12-08"', b'"until":1'),
        (b'"until":"2026-12-08"', b'"until":"' + b"x" * 5_000 + b'"'),
        (b'"auditor":"kansa",', b""),
        (b'"auditor"', b"auditor"),
        (b'"kid":"', b'"kid":"\\ud800'),
    ],
)
def test_a_first_line_with_another_cover_is_refused(said: bytes, other: bytes) -> None:
    first = line(number=0)
    assert said in first
    with pytest.raises(PackError):
        sealed.unseal(*read(first.replace(said, other, 1)), 0)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_as_a_line(raw: bytes) -> None:
    with pytest.raises(PackError):
        sealed.read_cover(raw)
    with pytest.raises(PackError):
        sealed.open_line(part(raw), KEY)


@pytest.mark.parametrize(("number", "module"), [(0, manifest), (1, contents)])
def test_what_is_too_long_for_a_line_is_not_sealed(
    monkeypatch: pytest.MonkeyPatch, number: int, module: object
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", len(BYTES))
    line(number=number)
    monkeypatch.setattr(module, "MAX_BYTES", len(BYTES) - 1)
    with pytest.raises(PackError, match="too many for one line"):
        line(number=number)


def test_the_longest_lines_have_room_for_the_longest_parts() -> None:
    # Base64url makes 4 letters of 3 bytes; HPKE adds 65 bytes of key and 16 of tag.
    assert (contents.MAX_BYTES + 81) * 4 // 3 + sealed.COVER_BYTES <= sealed.LINE_BYTES
    assert (manifest.MAX_BYTES + 81) * 4 // 3 + sealed.COVER_BYTES <= sealed.FIRST_LINE_BYTES


def test_a_key_passes_from_process_to_process_as_bytes() -> None:
    raw = sealed.key_bytes(KEY)
    assert sealed.key_of(raw).private_numbers() == KEY.private_numbers()


def test_bytes_that_are_no_key_are_refused() -> None:
    signing = Ed25519PrivateKey.from_private_bytes(bytes(32))
    other = signing.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    for raw in (b"", b"x", other):
        with pytest.raises(PackError, match="no key"):
            sealed.key_of(raw)
