"""The page of a report stands by itself, and shows nothing that its makers did not mean."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from relay_protocol.errors import AuditError
from relay_protocol.findings import Finding
from relay_protocol.report import Lang, Report
from relay_protocol.report_html import html

AT = datetime(2026, 12, 31, 3, 4, 5, tzinfo=UTC)
FOUND = (Finding(part=3, code="entries-follow", figures={"size": 12}),)
HOSTILE = AuditError(4, "file-unknown", detail='tile/<script>alert("x")</script>&')
SOUND = Report(source="./ledger", made_at=AT, findings=FOUND)
REFUSED = Report(source="<b>ledger</b>", made_at=AT, findings=FOUND, refusal=HOSTILE)


class Page(HTMLParser):
    """The elements of a page that must all be closed, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[str] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.seen.append(tag)
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_it_is_a_whole_page_in_its_language(lang: Lang) -> None:
    page = html(SOUND, lang)
    parsed = Page(page)
    assert page.startswith(f'<!doctype html>\n<html lang="{lang}">')
    assert parsed.open == []
    assert parsed.seen.count("h1") == 1
    assert parsed.seen.count("h2") == 9


def test_it_fetches_and_runs_nothing() -> None:
    assert "http" not in html(SOUND, "en")
    assert {"script", "link", "img", "iframe"}.isdisjoint(Page(html(REFUSED, "en")).seen)


def test_what_stands_in_a_hostile_ledger_stays_text() -> None:
    page = html(REFUSED, "en")
    assert 'tile/<script>alert("x")</script>&' in Page(page).words
    assert "<b>ledger</b>" in Page(page).words
    assert "<script" not in page


@pytest.mark.parametrize(("report", "result"), [(SOUND, "sound"), (REFUSED, "refused")])
def test_the_result_stands_out_by_words_as_well_as_by_colour(report: Report, result: str) -> None:
    page = html(report, "en")
    assert re.search(rf'<p class="{result}">Result: {result}\.', page)


def test_it_follows_the_readers_light_and_prints_black_on_white() -> None:
    assert "prefers-color-scheme:dark" in html(SOUND, "en")
    assert "@media print" in html(SOUND, "en")
