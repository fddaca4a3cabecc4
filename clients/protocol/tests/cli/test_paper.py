"""The work paper says what was checked, and leaves room for what was not."""

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from openpyxl import load_workbook

from relay_protocol.attestation import Attestation
from relay_protocol.cli.paper import Drawn, machine_text, said_text, work_paper
from relay_protocol.cli.words import line
from relay_protocol.directory import AdmittedOrganization
from relay_protocol.entry import Entry
from relay_protocol.findings import NOT_ESTABLISHED, Finding
from relay_protocol.kinds import ROLES
from relay_protocol.note import Checkpoint
from relay_protocol.report import Lang
from relay_protocol.tracing import Stated

AT = datetime(2026, 12, 1, 4, 5, 6, tzinfo=UTC)
ENTRY = Entry(
    seq=7,
    prev=bytes(32),
    day=date(2026, 12, 1).isoformat(),
    kind="claim.made",
    orgs=("sakura",),
    rules="2026-12-A",
    commitment=bytes(32),
)
SAID = Attestation(
    log="hub.example/ledger",
    id="A" * 22,
    kind="claim.made",
    at=AT,
    by="sakura",
    refs={"claim": "clm_" + "2" * 26},
    body={
        "pairwise": "CR-2222-2222-22",
        "vacancy": "A" * 43,
        "job_kind": "mid-career",
    },
)
SAKURA = AdmittedOrganization(
    slug="sakura",
    role="agency",
    corporate_number="8000000000001",
    group="8000000000001",
    licence="13-ユ-000001",
    licence_until="2031-03-31",
    state="active",
    admission="A" * 22,
    fingerprint="F" * 43,
    seq=4,
)
OPEN = Stated(ENTRY, SAID, "jws", "K" * 43)
BY_PERSON = Stated(ENTRY, SAID, "assertion", "C" * 22)
CLOSED = Stated(ENTRY, None)


def drawn(*entries: Stated) -> Drawn:
    return Drawn(
        checkpoint=Checkpoint(origin="hub.example/ledger", size=9, root=bytes(32)),
        size=9,
        seed=bytes(range(32)),
        is_own_seed=True,
        population={"claim.made": 3},
        entries=entries,
        findings=(
            Finding(part=3, code="entries-follow", figures={"size": 9}),
            Finding(part=NOT_ESTABLISHED, code="no-closes"),
        ),
        register=(
            SAKURA,
            replace(SAKURA, slug="mirai", role="member", state="pending", licence=""),
        ),
        auditor="kansa",
        made_at=AT,
    )


def test_what_an_act_says_is_told_value_by_value() -> None:
    assert said_text(SAID).splitlines() == [
        "2026-12-01T04:05:06Z",
        f"id: {'A' * 22}",
        f"claim: clm_{'2' * 26}",
        "job_kind: mid-career",
        "pairwise: CR-2222-2222-22",
        f"vacancy: {'A' * 43}",
    ]


def test_the_machines_part_tells_who_signed_how() -> None:
    assert "Signed by sakura with the key KKKK" in machine_text(OPEN, "en")
    assert "Signed by a person of sakura with the passkey CCCC" in machine_text(BY_PERSON, "en")
    assert "Signed" not in machine_text(CLOSED, "en")
    assert "開示片が約束の値を開く" in machine_text(OPEN, "ja")


def test_the_cover_tells_what_was_not_established_as_well() -> None:
    cover, *_ = load_workbook(io.BytesIO(work_paper(drawn(OPEN), "en")))
    told = [(row[0].value, row[1].value) for row in cover.iter_rows(max_col=2)]
    assert ("Claim made", "1 / 3") in told
    assert ("Auditor", "kansa") in told
    assert any(name == "Part 3" for name, _ in told)
    assert any(name == "Not established" for name, _ in told)
    seed = next(str(text) for name, text in told if name == "Seed")
    assert seed.startswith(bytes(range(32)).hex())
    assert "Given by the auditor" in seed


@pytest.mark.parametrize(
    ("population", "told"),
    [({"claim.made": 3}, "one of each"), ({"claim.made": 3, "hire.reported": 1}, "fewer were")],
)
def test_the_cover_says_whether_there_was_a_place_for_every_kind(
    population: dict[str, int], told: str
) -> None:
    made = replace(drawn(OPEN), population=population)
    cover, *_ = load_workbook(io.BytesIO(work_paper(made, "en")))
    texts = {row[0].value: str(row[1].value) for row in cover.iter_rows(max_col=2)}
    assert told in texts["How it was drawn"]


def test_what_was_not_established_stands_last_on_the_cover() -> None:
    told = replace(drawn(OPEN), findings=tuple(reversed(drawn(OPEN).findings)))
    cover, *_ = load_workbook(io.BytesIO(work_paper(told, "en")))
    parts = [cell.value for cell in cover["A"]]
    assert parts.index("Part 3") + 1 == parts.index("Not established")


def test_rows_are_as_high_as_their_text_and_the_last_columns_are_empty() -> None:
    _, sheet, _ = load_workbook(io.BytesIO(work_paper(drawn(OPEN, CLOSED), "en")))
    assert [cell.value for cell in sheet[2]][-3:] == [None, None, None]
    assert all(cell.border.left.style == "thin" for cell in sheet[2])
    assert sheet.row_dimensions[2].height > sheet.row_dimensions[3].height >= 15
    assert "no reveal is at hand" in str(sheet["F3"].value)


def test_the_register_is_there_to_be_compared_with_what_is_known_of_each_organization() -> None:
    *_, sheet = load_workbook(io.BytesIO(work_paper(drawn(OPEN), "en")))
    head, agency, member = sheet.iter_rows(values_only=True)
    assert sheet.title == "Register"
    assert dict(zip(head, agency, strict=True)) == {
        "Organization": "sakura",
        "Role": "Agency",
        "State": "Active",
        "Entry": 4,
        "Corporate number": "8000000000001",
        "Group's number": "8000000000001",
        "Licence and its end": "13-ユ-000001\n2031-03-31",
        "Fingerprint of the first key": "F" * 43,
        "Result": None,
        "Initials": None,
        "Date": None,
    }
    assert member[:3] == ("mirai", "Member", "Not cosigned yet")
    *_, sheet = load_workbook(io.BytesIO(work_paper(drawn(OPEN), "ja")))
    assert (sheet.title, sheet["A1"].value) == ("登録簿", "組織")
    assert [cell.value for cell in sheet["C"]] == ["状態", "参加中", "連署待ち"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_whatever_an_organization_may_be_has_its_word(lang: Lang) -> None:
    for role in ROLES:
        assert line(f"paper-role-{role}", lang)
    for state in ("pending", "active", "suspended"):
        assert line(f"paper-state-{state}", lang)
