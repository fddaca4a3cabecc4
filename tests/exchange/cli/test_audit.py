"""The auditor's side from end to end: packs, audits online and offline, erasure, forgeries."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from exchange.app import create_app
from exchange.cli import main
from exchange.cli.audit import new_pack
from exchange.hub import Hub
from exchange.services import consents, subject_requests
from exchange.store import points as point_rows
from relay_protocol import tiles
from relay_protocol.pack import open_pack
from tests.story import auditing, books, relays, scheme
from tests.story.auditing import Desk
from tests.story.machine import free_port
from tests.story.scheme import Consortium


def erase(hub: Hub, candidate: relays.Candidate) -> None:
    with hub.work() as work:
        subject_requests.erase(work, candidate.actor)
    hub.sequence()


def introduce_ten(consortium: Consortium) -> list[relays.Candidate]:
    """Six candidates of one agency and four of another, all introduced to one member."""
    people: list[relays.Candidate] = []
    for number in range(10):
        agency = consortium.agencies[0 if number < 6 else 1]
        candidate = relays.enlist(consortium.hub, consortium.members[0])
        claimed = relays.reach(consortium.hub, candidate, agency)
        introduced = relays.introduce(consortium.hub, agency, claimed, consortium.members[1].number)
        if not people:
            hired = relays.start(consortium.hub, agency, introduced)
            relays.confirm(consortium.hub, consortium.members[1], hired)
        people.append(candidate)
    return people


def next_months(consortium: Consortium, count: int) -> str:
    """Let months pass, settle them, and return the last."""
    relays.wait(consortium.hub, days=31 * count)
    books.settle(consortium.hub)
    with consortium.hub.reading() as work:
        newest = point_rows.newest_run(work.session)
    assert newest is not None
    return newest.period


def test_the_whole_relay_is_sound_whoever_was_erased_meanwhile(
    consortium: Consortium, tmp_path: Path
) -> None:
    hub = consortium.hub
    desk = Desk.of(consortium, tmp_path / "desk")
    people = introduce_ten(consortium)
    leaving = relays.enlist(hub, consortium.members[2])
    with hub.work() as work:
        consents.withdraw(work, leaving.actor)
    # The holds are over after a month: ten points become a slot.
    next_months(consortium, 2)
    with hub.reading() as work:
        months = [run.period for run in point_rows.runs(work.session)]
    desk.receive()
    assert desk.offline().code == 0
    for month in months:
        signed = desk.sign(month)
        assert signed.code == 0, signed.report
    assert signed.figures("closes-agree")["recomputed"] == 21

    erase(hub, people[3])
    desk.receive()
    since = desk.offline()
    assert since.code == 0, since.report
    assert since.figures("closed-since")["count"] == 9
    after = desk.offline("--whole")
    assert after.code == 0, after.report
    assert after.figures("closes-agree")["recomputed"] == 20
    assert after.figures("closes-agree")["taken"] == 1

    # The hire's guarantee is over by now; who was hired goes before it is settled.
    relays.wait(hub, days=70)
    erase(hub, people[0])
    books.settle(hub)
    desk.receive()
    last = desk.offline("--whole")
    assert last.code == 0, last.report
    assert last.figures("closes-agree")["taken"] == 2
    assert last.figures("closes-agree")["unproved"] == 1
    assert last.figures("kept-unproved")["count"] == 1


def test_a_hub_is_audited_over_its_own_address(
    fresh_sqlite: Callable[[], str], tmp_path: Path, translated: None
) -> None:
    port = free_port()
    consortium = scheme.consortium(fresh_sqlite(), tmp_path, url=f"http://localhost:{port}")
    desk = Desk.of(consortium, tmp_path / "desk")
    relays.enlist(consortium.hub, consortium.members[0])
    period = next_months(consortium, 2)
    new_pack(consortium.hub, "kansa")
    consortium.hub.sequence()
    with auditing.serving(create_app(consortium.hub), port):
        first = desk.online("--sign", period)
        assert first.code == 0, first.errors
        assert first.report["signed"]
        consortium.hub.sequence()
        again = desk.online("--sign", period)
    assert again.code == 0, again.errors
    assert again.report["signed"] is None
    assert f"kansa has signed {period} before" in again.errors
    consortium.hub.close()


@pytest.fixture(scope="module")
def desk(fresh_sqlite: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """Return the desk of an auditor who has a copy of one relay and its pack."""
    folder = tmp_path_factory.mktemp("relay")
    consortium = scheme.consortium(fresh_sqlite(), folder)
    made = Desk.of(consortium, folder / "desk")
    introduce_ten(consortium)
    next_months(consortium, 2)
    made.receive()
    consortium.hub.close()
    return made


def files_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def test_the_copy_is_sound(desk: Desk) -> None:
    assert desk.offline().code == 0


def flipped(path: Path, at: int) -> bytes:
    honest = path.read_bytes()
    changed = bytearray(honest)
    changed[at] ^= 4
    path.write_bytes(changed)
    return honest


@pytest.mark.parametrize("number", range(3))
@pytest.mark.parametrize("share", [0.0, 0.3, 0.6, 0.99])
def test_one_flipped_bit_anywhere_is_refused(desk: Desk, number: int, share: float) -> None:
    file = files_of(desk.ledger)[number]
    at = int(share * file.stat().st_size)
    honest = flipped(file, at)
    said = desk.offline("--whole")
    file.write_bytes(honest)
    assert said.code == 1, (file, at)
    if "entries" in str(file):
        width = int(file.name)
        ends, entries = 0, list(tiles.read_bundle(honest, width))
        for seq, entry in enumerate(entries):
            ends += 2 + len(entry)
            if at < ends:
                assert said.refusal["seq"] == seq
                break


def test_every_cut_copy_is_refused_or_cannot_be_read(desk: Desk) -> None:
    for file in files_of(desk.ledger):
        honest = file.read_bytes()
        for length in (0, 1, len(honest) // 2, len(honest) - 1):
            file.write_bytes(honest[:length])
            assert desk.offline().code in {1, 2}
        file.write_bytes(honest)


def test_a_copy_without_its_last_entries_is_refused(desk: Desk, tmp_path: Path) -> None:
    assert desk.offline().code == 0
    honest = (desk.ledger / "checkpoint").read_bytes()
    text = honest.decode().split("\n")
    text[1] = str(int(text[1]) - 1)
    (desk.ledger / "checkpoint").write_text("\n".join(text), encoding="utf-8")
    assert desk.offline().code == 1
    (desk.ledger / "checkpoint").write_bytes(honest)


def test_a_copy_with_a_file_too_many_is_refused(desk: Desk) -> None:
    more = desk.ledger / "tile" / "entries" / "001.p" / "1"
    more.parent.mkdir(parents=True)
    more.write_bytes(b"\x00\x02{}")
    said = desk.offline()
    shutil.rmtree(more.parent)
    assert (said.code, said.refusal["code"]) == (1, "file-beyond")


def test_a_changed_pack_cannot_be_read(desk: Desk) -> None:
    honest = desk.pack.read_bytes()
    flipped(desk.pack, len(honest) // 2)
    said = desk.offline("--whole")
    desk.pack.write_bytes(honest)
    assert said.code == 2


@pytest.fixture
def office(
    fresh_sqlite: Callable[[], str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Consortium]:
    """Yield a scheme whose hub is the one that commands open."""
    consortium = scheme.consortium(fresh_sqlite(), tmp_path)
    settings = consortium.hub.settings
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("EXCHANGE_KEYS", str(settings.keys))
    monkeypatch.setenv("EXCHANGE_STATE", str(settings.state))
    monkeypatch.setenv("EXCHANGE_URL", settings.url)
    monkeypatch.setenv("EXCHANGE_CLOCK", str(settings.clock))
    yield consortium
    consortium.hub.close()


def test_the_office_makes_a_pack_and_keeps_it_in_a_file(office: Consortium, tmp_path: Path) -> None:
    out = tmp_path / "kansa.pack"
    result = CliRunner().invoke(main, ["audit-pack", "--for", "kansa", "--out", str(out)])
    assert result.exit_code == 0, result.output
    pack = open_pack(out.read_bytes(), office.auditor.sealing)
    assert f"A pack of {pack.cut} entries is made for kansa" in result.output


def test_the_office_makes_a_pack_of_what_came_since(office: Consortium, tmp_path: Path) -> None:
    out = tmp_path / "kansa.pack"
    given = ["audit-pack", "--for", "kansa", "--out", str(out)]
    result = CliRunner().invoke(main, [*given, "--since", "5", "--json"])
    assert result.exit_code == 0, result.output
    pack = open_pack(out.read_bytes(), office.auditor.sealing)
    said = json.loads(result.output)
    assert (said["first"], said["cut"]) == (pack.first, pack.cut) == (5, pack.cut)
    assert list(tmp_path.glob("*.new")) == []
    told = CliRunner().invoke(main, [*given, "--since", "5"])
    assert "A pack of entries 5 to " in told.output
    beyond = CliRunner().invoke(main, [*given, "--since", "100000"])
    assert beyond.exit_code == 1
    assert "entries so far" in beyond.output
    assert "the size of the ledger at your last audit" in beyond.output


def test_a_pack_for_somebody_else_is_refused_in_plain_words(office: Consortium) -> None:
    assert office.members[0].slug == "mirai"
    result = CliRunner().invoke(main, ["audit-pack", "--for", "mirai"])
    assert result.exit_code == 1
    assert "packs are for auditors only" in result.output
