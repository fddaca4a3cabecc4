"""Translations are compiled when a distribution is built."""

import gettext
from pathlib import Path

import hatch_build

CHECKOUT = Path(__file__).resolve().parents[1]

CATALOGUE = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "Yes"
msgstr "はい"
"""


def test_a_compiled_catalogue_speaks_japanese(tmp_path: Path) -> None:
    source = tmp_path / "room/ja/LC_MESSAGES/messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(CATALOGUE, encoding="utf-8")

    written = list(hatch_build.compile_catalogues(tmp_path, "room/**/*.po"))

    assert written == [source.with_suffix(".mo")]
    words = gettext.translation("messages", tmp_path / "room", languages=["ja"])
    assert words.gettext("Yes") == "はい"


def test_a_distribution_without_catalogues_builds_all_the_same(tmp_path: Path) -> None:
    assert list(hatch_build.compile_catalogues(tmp_path, "room/**/*.po")) == []


def test_both_distributions_build_alike() -> None:
    # Each distribution has to carry its own copy: its source archive stands alone.
    own, copy = (CHECKOUT / place / "hatch_build.py" for place in (".", "clients/relay"))
    assert own.read_text(encoding="utf-8") == copy.read_text(encoding="utf-8")
