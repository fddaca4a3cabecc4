import json
from dataclasses import replace
from pathlib import Path

import pytest

from career_relay import keys
from career_relay.errors import KeyFileError, NotDueError
from career_relay.public_keys import PublicKey, PublicKeyFile, keep
from relay_protocol import jwk

# 9 minus the remainder by 9 of the weighted sum of the twelve digits behind: 0 -> 9, 1 -> 8.
NUMBER, GROUP = "9000000000000", "8000000000001"


@pytest.fixture
def sakura() -> PublicKeyFile:
    return PublicKeyFile(
        slug="sakura",
        role="agency",
        name="さくらキャリア",
        name_en="Sakura Career",
        corporate_number=NUMBER,
        group=NUMBER,
        licence="13-ユ-000000",
        licence_until="2029-03-31",
        contact="office@sakura.example.jp",
        keys=(
            PublicKey.of("sign", keys.draw("sign")),
            PublicKey.of("seal", keys.draw("seal")),
        ),
    )


def test_a_file_holds_who_it_is_and_its_public_keys(sakura: PublicKeyFile) -> None:
    document = sakura.document()
    assert list(document) == [
        "slug", "role", "name", "name_en", "corporate_number", "group", "licence",
        "licence_until", "contact", "keys",
    ]  # fmt: skip
    held = document["keys"]
    assert isinstance(held, list)
    assert [key["purpose"] for key in held] == ["sign", "seal"]
    assert [set(key["jwk"]) for key in held] == [{"kty", "crv", "x"}, {"kty", "crv", "x", "y"}]


def test_nothing_private_is_in_the_file(sakura: PublicKeyFile, tmp_path: Path) -> None:
    keep(sakura, tmp_path / "sakura.public.json")
    text = (tmp_path / "sakura.public.json").read_text(encoding="utf-8")
    assert '"d"' not in text
    assert "PRIVATE" not in text
    assert json.loads(text) == json.loads(json.dumps(sakura.document()))


def test_the_fingerprint_is_the_keys_thumbprint() -> None:
    drawn = keys.draw("sign")
    assert PublicKey.of("sign", drawn).kid == jwk.kid_of(drawn.public_key())


def test_a_file_that_is_there_is_not_overwritten(sakura: PublicKeyFile, tmp_path: Path) -> None:
    keep(sakura, tmp_path / "sakura.public.json")
    with pytest.raises(KeyFileError, match="there already"):
        keep(sakura, tmp_path / "sakura.public.json")


def changed(public: PublicKeyFile, name: str, text: str) -> PublicKeyFile:
    """The same with one text changed."""
    texts = {known: getattr(public, known) for known in public.__slots__ if known != "keys"}
    return PublicKeyFile(**{**texts, name: text}, keys=public.keys)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("slug", "Sakura"),
        ("slug", "s"),
        ("corporate_number", "8000000000000"),
        ("corporate_number", "900000000000"),
        ("group", ""),
        ("licence", "13-ヨ-000000"),
        ("licence", "48-ユ-000000"),
        ("licence_until", "2029-02-29"),
    ],
)
def test_what_the_office_would_refuse_is_refused_at_once(
    sakura: PublicKeyFile, name: str, text: str
) -> None:
    with pytest.raises(NotDueError, match=name):
        changed(sakura, name, text)


def test_a_group_with_another_head_is_accepted(sakura: PublicKeyFile) -> None:
    assert replace(sakura, group=GROUP).group == GROUP


def test_an_agency_without_a_licence_is_refused(sakura: PublicKeyFile) -> None:
    with pytest.raises(NotDueError, match="licence"):
        replace(sakura, licence="", licence_until="")
    with pytest.raises(NotDueError, match="licence"):
        replace(sakura, licence_until="")


def test_a_member_with_a_licence_is_refused_and_without_one_accepted(
    sakura: PublicKeyFile,
) -> None:
    with pytest.raises(NotDueError, match="licence"):
        replace(sakura, role="member")
    assert replace(sakura, role="member", licence="", licence_until="").licence == ""
