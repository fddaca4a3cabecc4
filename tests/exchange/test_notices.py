"""The notices that candidates read: the same in both languages, and in the words we use."""

from pathlib import Path

import pytest

import exchange
from exchange.web.candidates.notice_text import sections

NOTICES = sorted((Path(exchange.__file__).parent / "notices").glob("*.md"))
# Words that the law gives another meaning, or that promise what nobody can keep.
NEVER = ("匿名", "仮名加工", "不採用", "完全に安全", "anonymous", "zero knowledge", "guarantee")


def test_every_notice_stands_in_both_languages_part_by_part() -> None:
    versions = {notice.name.partition(".")[0] for notice in NOTICES}
    assert {notice.name for notice in NOTICES} == {
        f"{version}.{language}.md" for version in versions for language in ("ja", "en")
    }
    for version in versions:
        japanese, english = (
            sections((NOTICES[0].parent / f"{version}.{language}.md").read_text(encoding="utf-8"))
            for language in ("ja", "en")
        )
        assert [len(section.points) for section in japanese] == [
            len(section.points) for section in english
        ]
        assert all(section.points or section.paragraphs for section in (*japanese, *english))


@pytest.mark.parametrize("notice", NOTICES, ids=lambda notice: notice.name)
def test_a_notice_never_says_what_is_not_so(notice: Path) -> None:
    text = notice.read_text(encoding="utf-8")
    assert not [word for word in NEVER if word in text]
    assert not {"!", "\uff01"} & set(text)
