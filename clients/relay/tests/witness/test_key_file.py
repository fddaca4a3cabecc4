"""The witness's key file: kept, read, shared with other tools, and whatever is none."""

import stat
from pathlib import Path

import pytest

from career_relay.errors import KeyFileError
from career_relay.witness.key_file import draw_key, keep_key, load_key
from relay_protocol.note import COSIGNATURE, VerifierKey

# The published log seed, as note tools write it (type 01).
# The published vector: its seed is 0, 1, 2, … 31. Written so that no file looks like a key.
SHARED = "+".join(
    (
        *("PRIVATE", "KEY", "exchange.example/ledger", "e27205c9"),
        "AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f",
    )
)


def kept(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "w.key"
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return path


def test_a_key_that_was_kept_is_the_key_that_was_drawn(tmp_path: Path) -> None:
    signer = draw_key("witness.example.jp")
    keep_key(signer, tmp_path / "keys" / "w.key")
    loaded = load_key(tmp_path / "keys" / "w.key")
    assert loaded.verifier == signer.verifier
    assert loaded.kind == COSIGNATURE
    assert stat.S_IMODE((tmp_path / "keys" / "w.key").stat().st_mode) == 0o600


def test_two_keys_are_never_the_same() -> None:
    assert draw_key("w.example").verifier != draw_key("w.example").verifier


def test_a_key_is_never_overwritten(tmp_path: Path) -> None:
    keep_key(draw_key("w.example"), tmp_path / "w.key")
    before = (tmp_path / "w.key").read_bytes()
    with pytest.raises(KeyFileError, match="never overwritten"):
        keep_key(draw_key("w.example"), tmp_path / "w.key")
    assert (tmp_path / "w.key").read_bytes() == before


def test_a_key_that_other_note_tools_made_serves_for_cosignatures(tmp_path: Path) -> None:
    loaded = load_key(kept(tmp_path, f"{SHARED}\n"))
    published = VerifierKey.parse(
        "exchange.example/ledger+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
    )
    assert loaded.kind == COSIGNATURE
    assert loaded.name == published.name
    assert loaded.verifier.public_key == published.public_key
    assert loaded.verifier.key_id != published.key_id


def test_a_key_of_cosignatures_is_written_with_its_own_type(tmp_path: Path) -> None:
    keep_key(draw_key("w.example"), tmp_path / "w.key")
    text = (tmp_path / "w.key").read_text("ascii")
    # Base64 of a first byte 04 begins with B.
    assert text.startswith("PRIVATE+KEY+w.example+")
    assert text.split("+", 4)[4].startswith("B")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "exchange.example/ledger+e27205c9+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4",
        SHARED.replace("e27205c9", "e27205c8"),
        SHARED.replace("e27205c9", "E27205C9"),
        SHARED.replace("exchange", "other"),
        SHARED[:-1],
        SHARED + "A",
        SHARED.replace("+AQ", "+BA"),
        SHARED.replace("+AQ", "+Ag"),
        f"{SHARED}\n{SHARED}",
    ],
)
def test_a_file_with_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(KeyFileError, match="no key of a witness"):
        load_key(kept(tmp_path, text))


def test_a_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = kept(tmp_path, SHARED)
    assert load_key(path).name == "exchange.example/ledger"
    path.chmod(0o644)
    with pytest.raises(KeyFileError, match="other users"):
        load_key(path)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb"])
def test_a_name_that_no_line_could_carry_is_refused(name: str) -> None:
    with pytest.raises(KeyFileError, match="cannot be a witness's name"):
        draw_key(name)
