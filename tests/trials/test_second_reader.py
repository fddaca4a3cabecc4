"""A reader that was written from the specification alone agrees with ours, or refuses alike."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from relay_protocol import merkle, tiles
from relay_protocol.attestation import SignedAttestation
from relay_protocol.cli import receipt
from relay_protocol.directory import PUBLIC_KINDS, Directory
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Reveal
from relay_protocol.errors import AuditError, NoteError, ProtocolError
from relay_protocol.findings import Telling
from relay_protocol.log_reader import FolderReader
from relay_protocol.note import Checkpoint, VerifierKey, open_checkpoint, sign_note
from relay_protocol.policy import LogLine, Policy
from relay_protocol.structure import check_structure
from relay_protocol.trust import Trust
from tests.story import hand_ledger, second_reader, spec_vectors
from tests.story.hand_audit import silent
from tests.story.hand_ledger import AGENCY, HUB, OFFICE, HandLedger, kid_of, log_key
from tests.story.second_reader import Refused, read_folder

VECTORS: Mapping[str, object] = json.loads(spec_vectors.FILE.read_text(encoding="utf-8"))


TRUST = Trust(logs=(log_key("log").verifier,))


def member(*path: str) -> str:
    """Return one vector that is a text."""
    value: object = VECTORS
    for step in path:
        assert isinstance(value, dict), path
        value = value[step]
    assert isinstance(value, str), path
    return value


def refused(part: str) -> list[object]:
    """Return what must be refused, each named by its reason."""
    value = VECTORS["refused"]
    assert isinstance(value, dict)
    return [pytest.param(text, id=reason) for reason, text in value[part].items()]


@pytest.fixture(scope="module")
def hand() -> HandLedger:
    return spec_vectors.ledger()


@pytest.fixture
def vkey(hand: HandLedger) -> str:
    return hand.log_key.verifier.encode()


@pytest.fixture
def folder(hand: HandLedger, tmp_path: Path) -> Path:
    return hand.write_out(tmp_path / "ledger")


def of_one(entry: bytes, folder: Path) -> FolderReader:
    """Return a ledger of one entry, signed by the log whatever it is."""
    leaf, files = merkle.leaf_hash(entry), {}
    checkpoint = Checkpoint(origin=hand_ledger.LOG, size=1, root=leaf)
    files["checkpoint"] = sign_note(checkpoint.text(), log_key("log"))
    files["tile/0/000.p/1"] = leaf
    files["tile/entries/000.p/1"] = tiles.encode_bundle([entry])
    for path, raw in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(raw)
    return FolderReader(folder)


class TestTheVectors:
    def test_are_what_the_code_makes_of_the_same_seeds(self) -> None:
        assert spec_vectors.FILE.read_text(encoding="utf-8") == spec_vectors.text()

    def test_hold_for_the_second_reader(self, tmp_path: Path) -> None:
        tiles, reveals = VECTORS["tiles"], VECTORS["reveals"]
        assert isinstance(tiles, dict)
        assert isinstance(reveals, dict)
        for path, raw in tiles.items():
            place = tmp_path / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(second_reader.url64(raw))
        (tmp_path / "checkpoint").write_text(member("cosigned"), encoding="utf-8")

        read = read_folder(
            tmp_path,
            member("log", "vkey"),
            witnesses=[member("witness", "vkey")],
            reveals={int(seq): second_reader.url64(raw) for seq, raw in reveals.items()},
        )

        assert read.witnesses == {spec_vectors.WITNESS: spec_vectors.WITNESSED_AT_S}
        entries = VECTORS["entries"]
        assert isinstance(entries, list)
        assert [json.loads(one["bytes"]) for one in entries] == read.entries
        assert read.root.hex() == entries[-1]["root"]
        assert len(read.said) == read.size + 1

    @pytest.mark.parametrize("name", ["receipt", "receipt_clear"])
    def test_hold_receipts_that_the_second_reader_accepts(self, name: str) -> None:
        said = second_reader.check_receipt(member(name).encode(), member("log", "vkey"))

        assert (
            said["kind"]
            == {
                "receipt": "referral.invited",
                "receipt_clear": "scheme.opened",
            }[name]
        )

    def test_hold_the_paths_of_tiles(self) -> None:
        paths = VECTORS["paths"]
        assert isinstance(paths, dict)
        assert {int(n): path for n, path in paths.items()} == {
            n: second_reader.tile_path("0", n, 256) for n in (0, 67, 1_000, 1_234_067)
        }

    @pytest.mark.parametrize("text", refused("checkpoint"))
    def test_hold_checkpoints_that_both_readers_refuse(self, text: str) -> None:
        with pytest.raises(Refused):
            second_reader.open_checkpoint(text.encode(), member("log", "vkey"))
        with pytest.raises(NoteError):
            open_checkpoint(text.encode(), VerifierKey.parse(member("log", "vkey")))

    @pytest.mark.parametrize("text", refused("entry"))
    def test_hold_entries_that_both_readers_refuse(
        self, text: str, hand: HandLedger, tmp_path: Path
    ) -> None:
        with pytest.raises(Refused):
            second_reader.read_entry(text.encode(), 0, bytes(32), "")
        with pytest.raises(AuditError) as refusal:
            check_structure(of_one(text.encode(), tmp_path), TRUST, (), Telling(silent))
        assert refusal.value.part == 3
        raw = hand.entries[0].encode()
        assert second_reader.read_entry(raw, 0, bytes(32), "")["seq"] == 0
        copy = check_structure(of_one(raw, tmp_path), TRUST, (), Telling(silent))
        assert copy.checkpoint.size == 1

    @pytest.mark.parametrize("text", refused("receipt"))
    def test_hold_receipts_that_both_readers_refuse(self, text: str) -> None:
        vkey = member("log", "vkey")
        policy = Policy(logs=(LogLine(vkey=VerifierKey.parse(vkey)),))
        assert receipt.check(member("receipt").encode(), policy, None).witnessed.is_quorate
        with pytest.raises(Refused):
            second_reader.check_receipt(text.encode(), vkey)
        with pytest.raises(ProtocolError):
            receipt.check(text.encode(), policy, None)

    @pytest.mark.parametrize("text", refused("signed"))
    def test_hold_signatures_of_people_that_both_readers_refuse(
        self, text: str, hand: HandLedger, tmp_path: Path
    ) -> None:
        vkey, *others = member("log", "vkey"), *hand.entries[:-1]
        register = Directory()
        for entry in others:
            if entry.signed_bytes is not None and entry.kind in PUBLIC_KINDS:
                register.take(entry)
        true = Reveal.decode(hand.reveals[len(others)])
        register.check(SignedAttestation(wire=true.signed), len(others))
        with pytest.raises(ProtocolError):
            register.check(SignedAttestation(wire=text.encode()), len(others))
        # The same in a ledger that commits to it.
        false = Reveal(salt=true.salt, signed=text.encode())
        other = HandLedger()
        other.entries = [*others, replace(hand.entries[-1], commitment=false.commitment)]
        reveals = {**hand.reveals, len(others): false.encode()}
        with pytest.raises(Refused):
            read_folder(other.write_out(tmp_path), vkey, reveals=reveals)
        other.entries = hand.entries
        read = read_folder(other.write_out(tmp_path), vkey, reveals=hand.reveals)
        assert read.size == hand.size


class TestALedger:
    def test_of_ours_is_read_to_the_same_root_and_the_same_acts(
        self, hand: HandLedger, folder: Path, vkey: str
    ) -> None:
        read = read_folder(folder, vkey, reveals=hand.reveals)

        stated, _ = open_checkpoint((folder / "checkpoint").read_bytes(), VerifierKey.parse(vkey))
        assert stated == Checkpoint(origin=hand_ledger.LOG, size=read.size, root=read.root)
        assert {seq: said["kind"] for seq, said in read.said.items() if seq >= 0} == {
            entry.seq: entry.kind for entry in hand.entries
        }

    def test_with_another_entry_is_refused(self, folder: Path, vkey: str) -> None:
        bundle = next((folder / "tile" / "entries").rglob("*.p/*"))
        raw = bundle.read_bytes()
        bundle.write_bytes(raw.replace(b'"kind":"org.cosigned"', b'"kind":"org.admitted"', 1))

        with pytest.raises(Refused, match="root"):
            read_folder(folder, vkey)

    def test_is_read_alike_where_one_key_of_log_and_hub_follows_another(
        self, hand: HandLedger, tmp_path: Path
    ) -> None:
        hand.register_signing(OFFICE, "log-2", "log")
        hand.register_signing(OFFICE, "hub-2", "hub")
        hand.further_log_signers = ("log-2",)
        both = hand.write_out(tmp_path / "both")
        for name in ("log", "log-2"):
            key = log_key(name).verifier.encode()
            assert read_folder(both, key, reveals=hand.reveals).size == hand.size
        hand.revoke(OFFICE, kid_of("log"))
        hand.revoke(OFFICE, kid_of("hub"))
        hand.enter(hand.sign("reveals.closed", HUB, body={"count": 0}, key="hub-2"))
        since = hand.write_out(tmp_path / "since")
        assert read_folder(since, log_key("log-2").verifier.encode()).size == hand.size
        with pytest.raises(Refused, match="no key of this log"):
            read_folder(since, log_key("log").verifier.encode())
        hand.enter(hand.sign("reveals.closed", HUB, body={"count": 0}))
        late = hand.write_out(tmp_path / "late")
        with pytest.raises(Refused, match="did not count"):
            read_folder(late, log_key("log-2").verifier.encode())

    def test_with_another_tile_is_refused(self, folder: Path, vkey: str) -> None:
        tile = next((folder / "tile" / "0").rglob("*.p/*"))
        tile.write_bytes(bytes(32) + tile.read_bytes()[32:])

        with pytest.raises(Refused, match="tile"):
            read_folder(folder, vkey)

    def test_signed_by_another_log_is_refused(self, folder: Path) -> None:
        stranger = HandLedger(log_signer="stranger").log_key.verifier.encode()

        with pytest.raises(Refused, match="not signed"):
            read_folder(folder, stranger)

    def test_opened_by_another_reveal_is_refused(
        self, hand: HandLedger, folder: Path, vkey: str
    ) -> None:
        first, second = sorted(hand.reveals)[:2]
        swapped = {**hand.reveals, first: hand.reveals[second]}

        with pytest.raises(Refused, match="another reveal"):
            read_folder(folder, vkey, reveals=swapped)

    def test_in_which_a_revoked_key_signs_is_refused(self, tmp_path: Path) -> None:
        hand = spec_vectors.ledger()
        hand.state(
            "key.revoked",
            AGENCY,
            AGENCY,
            body={"kid": b64url_encode(hand_ledger.CREDENTIAL)},
        )
        claim = hand.sign(
            "claim.made",
            AGENCY,
            refs={"claim": hand.new_id("clm")},
            body={
                "pairwise": "CR-2222-2222-22",
                "vacancy": hand_ledger.DIGEST,
                "job_kind": "mid-career",
            },
        )
        hand.enter(hand.sign_by_passkey(claim), AGENCY)
        folder = hand.write_out(tmp_path / "ledger")

        with pytest.raises(Refused, match="did not count"):
            read_folder(folder, hand.log_key.verifier.encode(), reveals=hand.reveals)
