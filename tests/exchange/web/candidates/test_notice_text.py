"""The notice, taken apart for a page."""

from exchange.web.candidates.notice_text import Section, sections


def test_headings_points_and_paragraphs_are_told_apart() -> None:
    text = "## Who\nWe are.\n\n- one\n- two\n\n## What\n- three\n"
    assert sections(text) == [
        Section(heading="Who", paragraphs=["We are."], points=["one", "two"]),
        Section(heading="What", paragraphs=[], points=["three"]),
    ]


def test_a_text_without_headings_has_no_parts() -> None:
    assert sections("Notice") == []
    assert sections("") == []
