"""What look.md promises of every page and can be checked without eyes."""

import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[3] / "exchange" / "web"
STYLES = ["quiet.css", "work.css"]
SETS = [(style, dark) for style in STYLES for dark in (False, True)]
# What is written on what: text needs 4.5 : 1 (WCAG 2.2, 1.4.3), edges of controls 3 : 1 (1.4.11).
TEXTS = [
    ("ink", "paper"), ("ink", "sheet"), ("ink-soft", "paper"), ("ink-soft", "sheet"),
    ("ink", "green-tint"), ("ink", "amber-tint"), ("ink", "red-tint"), ("ink-soft", "green-tint"),
    ("ink-soft", "amber-tint"), ("on-green", "green"), ("amber", "paper"), ("amber", "amber-tint"),
    ("red", "paper"), ("red", "sheet"), ("red", "red-tint"), ("blue", "paper"), ("blue", "sheet"),
    ("blue", "amber-tint"), ("blue", "green-tint"), ("amber", "sheet"),
]  # fmt: skip
EDGES = [("edge", "paper"), ("edge", "sheet"), ("blue", "paper"), ("green", "paper")]
# How a template writes the key of a form: the portal's, the candidates', and their macro.
KEYS = ("csrf_token", "form_key", "{{ key() }}")
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def tokens(style: str, *, dark: bool) -> dict[str, str]:
    """Return the colours of a stylesheet by name."""
    text = (WEB / "static" / style).read_text(encoding="utf-8")
    light, night = re.findall(r":root \{([^}]*--ink:[^}]*)\}", text)
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", night if dark else light))


def luminance(colour: str) -> float:
    """Return the relative luminance of #rrggbb (WCAG 2.2, definition)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_measured_as_defined() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("style", "dark"), SETS)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_what_is_written_can_be_read(style: str, text: str, ground: str, *, dark: bool) -> None:
    colours = tokens(style, dark=dark)

    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize(("style", "dark"), SETS)
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_what_can_be_used_can_be_seen(style: str, edge: str, ground: str, *, dark: bool) -> None:
    colours = tokens(style, dark=dark)

    assert contrast(colours[edge], colours[ground]) >= 3


def test_both_stylesheets_have_the_same_colours() -> None:
    for dark in (False, True):
        assert tokens("quiet.css", dark=dark) == tokens("work.css", dark=dark)


def test_the_candidates_stylesheet_is_small() -> None:
    assert (WEB / "static" / "quiet.css").stat().st_size <= 10_000


@pytest.mark.parametrize("style", STYLES)
def test_a_stylesheet_loads_nothing_and_shows_the_focus(style: str) -> None:
    text = (WEB / "static" / style).read_text(encoding="utf-8")

    assert "url(" not in text
    assert "@import" not in text
    assert ":focus-visible" in text
    assert "prefers-reduced-motion" in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_has_no_inline_script_or_style_and_no_escape_switched_off(
    template: Path,
) -> None:
    text = template.read_text(encoding="utf-8")

    assert not re.search(r"<script(?![^>]*\bsrc=)", text)
    assert not re.search(r"<style|\bstyle=|\son[a-z]+=|javascript:", text)
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape" not in text
    assert "http://" not in text.replace('xmlns="http://www.w3.org', "")
    assert "https://" not in text


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_changes_something_is_posted_with_a_key(template: Path) -> None:
    text = template.read_text(encoding="utf-8")

    for form in re.findall(r"<form\b.*?</form>", text, re.DOTALL):
        assert 'method="get"' in form or any(key in form for key in KEYS), form
