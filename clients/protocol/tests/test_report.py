"""The report says what was found, what was refused and what was not reached, in both languages."""

import json
from datetime import UTC, datetime

import pytest

from relay_protocol.errors import AuditError
from relay_protocol.findings import Finding
from relay_protocol.report import Lang, Report, Section, facts, line, sections, sentence, text
from relay_protocol.report import verdict as verdict_of

AT = datetime(2026, 12, 31, 3, 4, 5, tzinfo=UTC)
FOUND = (
    Finding(
        part=1,
        code="checkpoint-signed",
        figures={"log": "hub.example/ledger", "size": 1234, "root": "A" * 43 + "="},
    ),
    Finding(part=9, code="no-witnesses"),
    Finding(part=3, code="entries-follow", figures={"size": 1234}),
    Finding(part=6, code="closed-since", figures={"count": 2, "entries": (17, 1018)}),
)
SOUND = Report(source="./ledger", made_at=AT, findings=FOUND)
REFUSAL = AuditError(7, "after-withdrawal", seq=1017, detail="a detail")
REFUSED = Report(source="./ledger", made_at=AT, findings=FOUND[:3], refusal=REFUSAL)


def test_a_report_without_a_refusal_is_sound() -> None:
    assert (SOUND.result, REFUSED.result) == ("sound", "refused")


@pytest.mark.parametrize(
    ("part", "state"),
    [(1, "established"), (2, "nothing"), (6, "nothing"), (7, "refused"), (8, "not-reached")],
)
def test_every_part_tells_how_far_it_came(part: int, state: str) -> None:
    assert REFUSED.state(part) == state


def test_findings_are_told_by_their_parts() -> None:
    assert [finding.code for finding in SOUND.of_part(9)] == ["no-witnesses"]


def test_the_document_says_all_of_it_in_both_languages() -> None:
    document = json.loads(json.dumps(REFUSED.document()))
    assert document["result"] == "refused"
    assert document["made_at"] == "2026-12-31T03:04:05Z"
    assert document["refusal"] == {
        "part": 7,
        "code": "after-withdrawal",
        "seq": 1017,
        "detail": "a detail",
        "en": "This was done after the candidate withdrew.",
        "ja": "同意が撤回されたあとの行為です。",
    }
    states = {one["part"]: one["state"] for one in document["parts"]}
    assert states[1] == "established"
    assert states[7] == "refused"
    assert document["parts"][0]["findings"][0]["figures"]["size"] == 1234
    assert [one["code"] for one in document["not_established"]] == ["no-witnesses"]


def test_the_document_of_a_sound_ledger_has_no_refusal() -> None:
    document = json.loads(json.dumps(SOUND.document()))
    assert document["refusal"] is None
    assert document["parts"][5]["findings"][0]["figures"]["entries"] == [17, 1018]


def test_the_text_begins_with_the_result() -> None:
    lines = text(SOUND, "en").splitlines()
    assert lines[:5] == [
        "Audit report",
        "Ledger: ./ledger",
        "Entries: 1,234",
        "Made at: 2026-12-31T03:04:05Z",
        "Result: sound. All that can be checked holds.",
    ]


def test_the_text_of_a_refusal_names_part_and_entry() -> None:
    told = text(REFUSED, "en")
    assert "Part 7 does not hold. The first fault is at entry 1,017." in told
    assert "This was done after the candidate withdrew.\n" in told
    assert "In detail: a detail" in told
    assert "8. Points, slots, statements and netting\n  Not reached." in told


def test_the_text_is_there_in_japanese() -> None:
    told = text(REFUSED, "ja")
    assert told.startswith("監査報告\n台帳: ./ledger\n")
    assert "第7項で不一致が見つかりました。最初の不一致は、記載 1,017 です。" in told
    assert "確かめていないこと" in told


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_no_placeholder_is_left_in_any_language(lang: Lang) -> None:
    assert "{" not in text(SOUND, lang) + text(REFUSED, lang)


def test_what_a_hostile_file_is_called_cannot_steer_a_terminal() -> None:
    hostile = AuditError(4, "file-unknown", detail="tile/\x1b[2Jx\n")
    assert list(verdict_of(hostile, "en"))[-1] == "In detail: tile/?[2Jx?"


def test_lists_are_read_one_by_one() -> None:
    assert sentence(FOUND[3], "en").endswith("at entries 17, 1018.")
    assert sentence(FOUND[3], "ja").endswith("17、1018")


def test_a_refusal_without_an_entry_names_the_part_alone() -> None:
    told = list(verdict_of(AuditError(1, "ledger-empty"), "en"))
    assert told == [
        "Result: refused. Part 1 does not hold.",
        "The ledger has no entry at all.",
    ]


def test_a_ledger_whose_checkpoint_was_not_read_has_no_length() -> None:
    bare = Report(source="./ledger", made_at=AT, findings=(), refusal=REFUSAL)
    assert list(facts(bare, "en")) == ["Ledger: ./ledger", "Made at: 2026-12-31T03:04:05Z"]


def test_what_was_not_established_stands_at_the_end() -> None:
    *_, last = sections(SOUND, "en")
    assert last == Section(
        title="9. What was not established",
        sentences=(sentence(FOUND[1], "en"),),
    )


def test_a_refusal_leaves_open_all_that_comes_after_it() -> None:
    assert list(sections(REFUSED, "en"))[-1].sentences[0] == (
        "Anything from part 7 on: the audit ended there."
    )
    assert "第7項から先のこと" in list(sections(REFUSED, "ja"))[-1].sentences[0]
    assert "the audit ended there" not in text(SOUND, "en")


def test_a_line_is_told_with_its_figures() -> None:
    assert line("signed", "en", period="2026-12") == "Signed: the settlement of 2026-12 is sound."
