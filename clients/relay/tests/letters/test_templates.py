"""Templates: our own words, or the company's; nothing else in the braces."""

from pathlib import Path
from string import Formatter

import pytest

from career_relay.letters.templates import (
    PLACEHOLDERS,
    LetterTemplateError,
    choose_template,
    parse_template,
)
from career_relay.words import LANGUAGES, Language


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_a_template_is_a_subject_and_a_body() -> None:
    template = parse_template("Subject: About {position}\n\nDear {name},\n{link}\n", "x")
    assert template.subject == "About {position}"
    assert template.body == "Dear {name},\n{link}\n"


@pytest.mark.parametrize("mark", ["Subject:", "件名:", "件名\uff1a"])
def test_the_subject_is_marked_in_either_language(mark: str) -> None:
    assert parse_template(f"{mark} 結果\n\n{{link}}", "x").subject == "結果"


def test_windows_line_ends_and_a_bom_make_no_difference() -> None:
    template = parse_template("\ufeff件名: 結果\r\n\r\n{link}\r\n", "x")
    assert template.subject == "結果"
    assert template.body == "{link}\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "first line"),
        ("Dear {name},\n{link}", "first line"),
        ("Subject:\n\n{link}", "first line"),
        ("Subject: x\n\nno link here", "{link}"),
        ("Subject: {link}\n\nthe subject alone has it", "{link}"),
        ("Subject: x\n\n{link} {salary}", "{salary}"),
        ("Subject: {salary}\n\n{link}", "{salary}"),
        ("Subject: x\n\n{link.__class__}", "plain names"),
        ("Subject: x\n\n{link[0]}", "plain names"),
        ("Subject: x\n\n{link!r}", "plain names"),
        ("Subject: x\n\n{link:>9999999}", "plain names"),
        ("Subject: x\n\n{} {link}", "plain names"),
        ("Subject: x\n\n{0} {link}", "plain names"),
        ("Subject: x\n\n{link} {", "plain names"),
        ("Subject: x\n\n{link} }", "plain names"),
    ],
)
def test_what_could_not_be_filled_in_is_refused_in_words(text: str, says: str) -> None:
    with pytest.raises(LetterTemplateError) as refusal:
        parse_template(text, "rejection.ja.txt")
    assert says in refusal.value.said.en
    assert "rejection.ja.txt" in refusal.value.said.ja


def test_an_unknown_place_is_answered_with_the_known_ones() -> None:
    with pytest.raises(LetterTemplateError) as refusal:
        parse_template("Subject: x\n\n{link} {salary}", "x")
    assert all(f"{{{name}}}" in refusal.value.mend.ja for name in PLACEHOLDERS)


def test_doubled_braces_are_braces() -> None:
    assert parse_template("Subject: x\n\n{link} {{1}}", "x").body.format(link="L") == "L {1}\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_our_own_words_fill_every_place(language: Language) -> None:
    template = choose_template(language, None)
    assert places(template.subject + template.body) == set(PLACEHOLDERS)


def test_the_decision_stands_before_everything_else_in_our_own_words() -> None:
    japanese = choose_template("ja", None).body
    assert japanese.index("見送らせて") < japanese.index("ありがとう") < japanese.index("{link}")
    english = choose_template("en", None).body
    assert english.index("decided not to offer") < english.index("Thank you")
    assert english.index("Thank you") < english.index("{link}")


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ja", ["この結果は変わりません", "希望しない場合は", "当社にも伝わりません", "無償"]),
        ("en", ["decision will not change", "do not wish it", "not told", "free placement"]),
    ],
)
def test_no_hope_is_given_that_is_not_ours_and_what_we_gain_is_said(
    language: Language, says: list[str]
) -> None:
    body = choose_template(language, None).body
    assert all(sentence in body for sentence in says)
    assert "!" not in body
    assert "!" not in body
    assert not any(word in body for word in ("必ず", "きっと", "ご活躍", "guarantee", "surely"))


def test_the_companys_own_words_are_taken_from_its_folder(tmp_path: Path) -> None:
    (tmp_path / "rejection.ja.txt").write_text("件名: 当社より\n\n{link}\n", encoding="utf-8")
    assert choose_template("ja", tmp_path).subject == "当社より"


def test_a_language_the_company_has_no_words_for_is_ours(tmp_path: Path) -> None:
    (tmp_path / "rejection.ja.txt").write_text("件名: 当社より\n\n{link}\n", encoding="utf-8")
    assert choose_template("en", tmp_path) == choose_template("en", None)
    assert choose_template("ja", tmp_path / "nowhere") == choose_template("ja", None)


def test_own_words_that_cannot_be_used_are_refused_and_not_replaced_by_ours(
    tmp_path: Path,
) -> None:
    (tmp_path / "rejection.ja.txt").write_text("件名: 当社より\n\nリンクなし\n", encoding="utf-8")
    with pytest.raises(LetterTemplateError):
        choose_template("ja", tmp_path)


def test_own_words_in_another_coding_are_refused(tmp_path: Path) -> None:
    (tmp_path / "rejection.ja.txt").write_bytes("件名: 当社より\n\n{link}".encode("cp932"))
    with pytest.raises(LetterTemplateError) as refusal:
        choose_template("ja", tmp_path)
    assert "UTF-8" in refusal.value.said.en
