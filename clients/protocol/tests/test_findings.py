"""Findings are taken down in the order in which they are made."""

from relay_protocol.findings import NOT_ESTABLISHED, PARTS, Finding, Telling
from tests.story.hand_audit import silent


def test_what_holds_and_what_cannot_be_told_are_kept_in_order() -> None:
    telling = Telling(silent)
    telling.establish(1, "checkpoint-signed", {"size": 3})
    telling.cannot("no-witnesses")
    assert telling.findings == [
        Finding(part=1, code="checkpoint-signed", figures={"size": 3}),
        Finding(part=9, code="no-witnesses"),
    ]


def test_two_audits_do_not_share_what_they_take_down() -> None:
    first, second = Telling(silent), Telling(silent)
    first.cannot("no-witnesses")
    assert second.findings == []


def test_what_is_not_established_comes_after_every_part() -> None:
    assert PARTS == (1, 2, 3, 4, 5, 6, 7, 8)
    assert NOT_ESTABLISHED == 9


def test_progress_goes_to_whoever_asked_for_it() -> None:
    told: list[tuple[int, int, int]] = []
    Telling(lambda *step: told.append(step)).progress(3, 1, 2)
    assert told == [(3, 1, 2)]
