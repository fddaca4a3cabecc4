"""`relay-audit mirror`, as an auditor runs it: from folder, log and lying hub."""

import gzip
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from relay_protocol.cli import main
from relay_protocol.note import COSIGNATURE, Checkpoint, Note, add_signatures, sign_note
from relay_protocol.policy import LogLine, Policy, WitnessLine
from tests.story.local_hub import Asked, LocalHub, Told
from tests.story.plain_log import PlainLog, named_key


@pytest.fixture
def hub() -> Iterator[LocalHub]:
    local = LocalHub()
    yield local
    local.close()


@dataclass
class Desk:
    """Where the copy is kept, and what the command said last."""

    folder: Path
    capsys: pytest.CaptureFixture[str]
    errors: str = ""

    def mirror(self, log: PlainLog, source: str | Path, *more: str | Path) -> int:
        return main(
            ["mirror", *map(str, [source, self.folder, "--vkey", log.vkey, "--lang", "en", *more])]
        )

    def document(self) -> dict[str, object]:
        """Return what was printed, as JSON."""
        said = self.capsys.readouterr()
        self.errors = said.err
        document = json.loads(said.out)
        assert isinstance(document, dict)
        return document

    def files(self) -> dict[str, bytes]:
        """Return the files of the copy by their paths."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file() and ".incoming" not in path.parts
        }


@pytest.fixture
def desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path / "copy", capsys)


@pytest.mark.parametrize("size", [0, 1, 256, 257, 700])
def test_a_folder_is_copied(desk: Desk, tmp_path: Path, size: int) -> None:
    log = PlainLog.of(size)
    assert desk.mirror(log, log.write_out(tmp_path / "log")) == 0
    assert desk.files() == log.files
    said = desk.capsys.readouterr()
    assert said.out == (
        f"The copy of {log.name} is complete. Entries: {size} (before: 0). "
        f"Files fetched: {len(log.files) - 1}.\n"
    )


def test_any_log_is_copied_over_http(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(700)
    url = log.serve(hub)
    for path in [one for one in log.files if "entries" in one]:
        del log.files[path]
    assert desk.mirror(log, url, "--no-entries", "--json") == 0
    assert desk.files() == log.files
    assert desk.document() == {
        "result": "sound",
        "log": log.name,
        "root": log.note().decode().split("\n")[2],
        "size": 700,
        "before": 0,
        "files": 4,
        "entries": False,
        "quorum": True,
        "keys": [],
    }
    assert "files: 4 of 4" in desk.errors
    assert not (desk.folder / ".incoming").joinpath("tmp").exists()


def test_a_copy_goes_on(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(300)
    url = log.serve(hub)
    assert desk.mirror(log, url) == 0
    log.grow(900)
    desk.capsys.readouterr()
    assert desk.mirror(log, url, "--json") == 0
    assert (desk.document()["before"], desk.files().items() >= PlainLog.of(900).files.items()) == (
        300,
        True,
    )


def test_nothing_new_is_no_fault(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(300)
    url = log.serve(hub)
    assert [desk.mirror(log, url), desk.mirror(log, url)] == [0, 0]
    assert desk.files() == log.files


def test_a_hub_that_keeps_entries_to_auditors_says_how_to_ask(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(300)
    url = log.serve(hub)
    refused = Told.problem("token-missing", 401, "The request has no token.")
    for path in ("tile/entries/000", "tile/entries/001.p/44"):
        hub.tell("GET", f"/log/{path}", refused)
    assert desk.mirror(log, url) == 2
    said = desk.capsys.readouterr().err
    assert "the hub answers 401 to tile/entries/000" in said
    assert "give --slug and --signing-key, or --no-entries" in said


def test_a_hub_is_asked_in_the_auditors_name(desk: Desk, hub: LocalHub, tmp_path: Path) -> None:
    log = PlainLog.of(300)
    log.serve(hub, "/ledger")
    key = tmp_path / "sign.pem"
    key.write_bytes(
        log.key.private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    )
    assert desk.mirror(log, hub.url, "--slug", "kansa", "--signing-key", key) == 0
    assert desk.files() == log.files
    bundles = [asked for asked in hub.requests if "entries" in asked.path]
    assert bundles
    assert all(one.headers["Authorization"].startswith("Bearer ") for one in bundles)


def test_a_copy_that_was_killed_goes_on(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(20_000)
    url = log.serve(hub)
    program = Path(sys.executable).with_name("relay-audit")
    given = [str(program), "mirror", url, str(desk.folder), "--vkey", log.vkey]
    with subprocess.Popen(given, stderr=subprocess.PIPE) as running:
        assert running.stderr is not None
        running.stderr.readline()
        running.kill()
    assert "checkpoint" not in desk.files()
    there = {path for path in desk.files() if path.startswith("tile/0/") and ".p/" not in path}
    assert there
    log.asked.clear()
    assert desk.mirror(log, url) == 0
    assert desk.files() == log.files
    assert not there & set(log.asked)


def test_the_policys_quorum_is_told(desk: Desk, tmp_path: Path) -> None:
    log, witness = PlainLog.of(300), named_key("witness.example", COSIGNATURE)
    lines = (LogLine(vkey=log.key.verifier),)
    witnesses = (WitnessLine(name="w", vkey=witness.verifier),)
    policy = Policy(logs=lines, witnesses=witnesses, quorum="w")
    (tmp_path / "policy").write_text(policy.text(), encoding="utf-8")
    for cosigners, quorum in (((), False), ((witness,), True)):
        log.witnesses = cosigners
        log.publish()
        log.write_out(tmp_path / "log")
        given = [str(tmp_path / "log"), str(desk.folder), "--policy", str(tmp_path / "policy")]
        assert main(["mirror", *given, "--json"]) == 0
        assert desk.document()["quorum"] is quorum
    assert desk.files()["checkpoint"] == log.note()


# What a copy is never replaced by.


def test_a_fork_leaves_the_copy_and_is_kept_as_evidence(
    desk: Desk, hub: LocalHub, tmp_path: Path
) -> None:
    log = PlainLog.of(600)
    assert desk.mirror(log, log.serve(hub)) == 0
    before = desk.files()
    for other in (PlainLog.of(600, "other"), PlainLog.of(900, "other"), PlainLog.of(500, "other")):
        desk.capsys.readouterr()
        assert desk.mirror(log, other.serve(hub), "--json") == 1
        said = desk.document()
        assert before.items() <= desk.files().items()
        assert Path(str(said["other"])).read_bytes() == other.note()
        # Anybody who knows the log's key can see it, offline.
        assert main(["evidence", str(said["evidence"]), "--vkey", log.vkey, "--lang", "en"]) == 0
        assert "has signed two histories" in desk.capsys.readouterr().out


def test_a_log_that_shrank_leaves_the_copy(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(600)
    assert desk.mirror(log, log.serve(hub)) == 0
    before = desk.files()
    shorter = PlainLog.of(500)
    desk.capsys.readouterr()
    assert desk.mirror(log, shorter.serve(hub), "--json") == 1
    said = desk.document()
    refusal = said["refusal"]
    assert isinstance(refusal, dict)
    assert (refusal["code"], "evidence" in said) == ("ledger-shrank", False)
    assert Path(str(said["other"])).read_bytes() == shorter.note()
    assert before.items() <= desk.files().items()


# Servers that mean no good.


@pytest.mark.parametrize(
    "bend",
    [
        lambda _raw: Told(status=302, headers={"Location": "http://localhost:1/"}),
        lambda raw: Told(body=raw, headers={"Content-Type": "text/html"}),
        lambda raw: Told(
            body=gzip.compress(raw),
            headers={"Content-Type": "application/octet-stream", "Content-Encoding": "gzip"},
        ),
        lambda _raw: Told(body=b"", headers={"Content-Type": "application/octet-stream"}),
        lambda raw: Told(body=raw * 3, headers={"Content-Type": "application/octet-stream"}),
    ],
    ids=["redirects", "sends a page", "compresses", "sends nothing", "sends more"],
)
def test_a_server_that_does_not_serve_a_log_is_refused(
    desk: Desk, hub: LocalHub, bend: Callable[[bytes], Told]
) -> None:
    log = PlainLog.of(600)
    url = log.serve(hub)
    hub.tell("GET", "/log/tile/0/000", bend(log.files["tile/0/000"]))
    assert desk.mirror(log, url) in {1, 2}
    assert "checkpoint" not in desk.files()


def test_a_stream_without_end_is_cut(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(600)
    url = log.serve(hub)

    def endless(_asked: Asked) -> Told:
        body = iter(lambda: bytes(0 if hub.closing.is_set() else 65_536), b"")
        return Told(body=body, headers={"Content-Type": "application/octet-stream"})

    hub.tell("GET", "/log/tile/entries/001", endless)
    assert desk.mirror(log, url) == 2
    assert "tile/entries/001 is larger than" in desk.capsys.readouterr().err


def test_a_signed_size_beyond_all_measure_makes_no_work(desk: Desk, hub: LocalHub) -> None:
    log = PlainLog.of(1)
    checkpoint = Checkpoint(origin=log.name, size=2**63 - 1, root=bytes(32))
    log.files["checkpoint"] = sign_note(checkpoint.text(), log.key)
    url = log.serve(hub)
    assert desk.mirror(log, url) == 2
    assert "--max-entries N allows more" in desk.capsys.readouterr().err
    assert desk.mirror(log, url, "--max-entries", str(2**63)) == 2
    assert len(log.asked) == 6


def test_a_checkpoint_of_nobody_is_refused(desk: Desk, hub: LocalHub) -> None:
    log, stranger = PlainLog.of(3), PlainLog(name="log.example/third")
    assert desk.mirror(stranger, log.serve(hub)) == 1
    assert "checkpoint" not in desk.files()


# What was given.


def test_whose_log_it_is_must_be_said(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["mirror", str(tmp_path), str(desk.folder)])
    assert ended.value.code == 2
    assert "say whose log it is: --vkey KEY, or --policy FILE" in desk.capsys.readouterr().err


@pytest.mark.parametrize("more", [["--max-entries", "0"], ["--slug", "kansa"]])
def test_options_that_make_no_sense_are_refused(
    desk: Desk, tmp_path: Path, more: list[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        desk.mirror(PlainLog(), tmp_path, *more)
    assert ended.value.code == 2


def test_a_file_in_the_place_of_the_folder_is_refused(desk: Desk, tmp_path: Path) -> None:
    log = PlainLog.of(3)
    desk.folder.write_bytes(b"")
    assert desk.mirror(log, log.write_out(tmp_path / "log")) == 2
    assert "cannot be used as a folder" in desk.capsys.readouterr().err


def test_while_one_key_of_the_log_follows_another_either_is_enough(
    hub: LocalHub, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = PlainLog.of(300)
    log.serve(hub)
    following = named_key(log.name, seed="the key that follows")
    text = Note.parse(log.files["checkpoint"]).text
    also = Note.parse(sign_note(text, following)).lines
    log.files["checkpoint"] = add_signatures(log.files["checkpoint"], also)
    for number, key in enumerate((log.key, following)):
        desk = Desk(tmp_path / str(number), capsys)
        copied = ["mirror", f"{hub.url}/log", str(desk.folder), "--vkey", key.verifier.encode()]
        assert main(copied) == 0
        assert desk.files()["checkpoint"] == log.files["checkpoint"]
    stranger = named_key(log.name, seed="a stranger's")
    refused = ["mirror", f"{hub.url}/log", str(tmp_path / "x"), "--vkey"]
    assert main([*refused, stranger.verifier.encode()]) == 1
