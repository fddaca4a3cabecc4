import hashlib
import json
from dataclasses import fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical, profile
from relay_protocol.codes import GROUPS
from relay_protocol.errors import ProfileError
from relay_protocol.profile import FIELDS_OF_GROUP, REASONS, Fields, check_fields

WHOLE: dict[str, object] = {
    "skills": ["Python", "要件定義"],
    "occupation": "software",
    "industry": "information",
    "experience_years": 7,
    "age_band": "30-34",
    "desired_salary_yen": 6_500_000,
    "available_from": "2027-04",
    "employment": "permanent",
    "prefecture": "13",
    "remote": True,
    "languages": ["en:B2", "ja:native"],
    "stage_reached": "final-interview",
    "endorsement": "論理的に説明する力があります。",
    "evaluation": 3,
    "summary": "基幹システムの開発に携わりました。\n設計が得意です。",
}


def refusal(document: dict[str, object]) -> ProfileError:
    with pytest.raises(ProfileError) as caught:
        check_fields(document)
    return caught.value


def test_a_whole_profile_is_read_and_written_back() -> None:
    assert check_fields(WHOLE).document() == WHOLE


@pytest.mark.parametrize("name", WHOLE)
def test_every_field_may_stand_alone(name: str) -> None:
    alone = check_fields({name: WHOLE[name]})
    assert alone.document() == {name: WHOLE[name]}


def test_a_profile_may_say_nothing() -> None:
    assert check_fields({}) == Fields()
    assert Fields().document() == {}


def test_the_whole_profile_has_every_field_there_is() -> None:
    assert set(WHOLE) == {field.name for field in fields(Fields)}
    assert set(WHOLE) == {name for group in GROUPS for name in FIELDS_OF_GROUP[group]}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("skills", ["x" * 40]),
        ("skills", [str(number) for number in range(20)]),
        ("experience_years", 0),
        ("experience_years", 60),
        ("desired_salary_yen", 0),
        ("desired_salary_yen", 100_000_000),
        ("available_from", "2026-12"),
        ("remote", False),
        ("evaluation", 1),
        ("evaluation", 4),
        ("endorsement", "あ" * 400),
        ("summary", "あ" * 600),
        ("summary", "一行目\n二行目"),
    ],
)
def test_a_value_at_its_limit_is_taken(field: str, value: object) -> None:
    assert check_fields({field: value}).document() == {field: value}


@pytest.mark.parametrize(
    ("field", "value", "place", "reason"),
    [
        ("name", "架空 未来", "name", "unknown"),
        ("Skills", ["Python"], "Skills", "unknown"),
        ("skills", "Python", "skills", "not-a-list"),
        ("skills", None, "skills", "not-a-list"),
        ("skills", [], "skills", "blank"),
        ("skills", [str(number) for number in range(21)], "skills", "too-many"),
        ("skills", ["Go", "x" * 41], "skills/1", "too-long"),
        ("skills", ["Go", 1], "skills/1", "not-a-text"),
        ("skills", ["Go", " "], "skills/1", "blank"),
        ("skills", ["Go", "SQL", "Go"], "skills/2", "repeated"),
        ("skills", ["G\no"], "skills/0", "unseen"),
        ("occupation", "wizard", "occupation", "not-a-code"),
        ("occupation", 1, "occupation", "not-a-text"),
        ("occupation", "technology", "occupation", "not-a-code"),
        ("industry", "", "industry", "not-a-code"),
        ("experience_years", -1, "experience_years", "out-of-range"),
        ("experience_years", 61, "experience_years", "out-of-range"),
        ("experience_years", 2.5e-42, "experience_years", "not-an-integer"),
        ("experience_years", 7.0, "experience_years", "not-an-integer"),
        ("experience_years", True, "experience_years", "not-an-integer"),
        ("experience_years", "7", "experience_years", "not-an-integer"),
        ("age_band", "18", "age_band", "not-a-code"),
        ("age_band", "20–24", "age_band", "not-a-code"),
        ("desired_salary_yen", 100_000_001, "desired_salary_yen", "out-of-range"),
        ("available_from", "2027-13", "available_from", "not-a-month"),
        ("available_from", "0000-01", "available_from", "not-a-month"),
        ("available_from", "2027-04-01", "available_from", "not-a-month"),
        ("available_from", 202704, "available_from", "not-a-text"),
        ("employment", "full-time", "employment", "not-a-code"),
        ("prefecture", "48", "prefecture", "not-a-code"),
        ("prefecture", "1", "prefecture", "not-a-code"),
        ("prefecture", 13, "prefecture", "not-a-text"),
        ("remote", 1, "remote", "not-a-boolean"),
        ("remote", "true", "remote", "not-a-boolean"),
        ("languages", ["en"], "languages/0", "not-a-code"),
        ("languages", ["en:B2", "en:B2"], "languages/1", "repeated"),
        ("languages", [{}], "languages/0", "not-a-text"),
        ("stage_reached", "offer", "stage_reached", "not-a-code"),
        ("endorsement", "あ" * 401, "endorsement", "too-long"),
        ("endorsement", "", "endorsement", "blank"),
        ("evaluation", 0, "evaluation", "out-of-range"),
        ("evaluation", 5, "evaluation", "out-of-range"),
        ("evaluation", "◎", "evaluation", "not-an-integer"),
        ("summary", "あ" * 601, "summary", "too-long"),
        ("summary", "　\n", "summary", "blank"),
        ("summary", "一行目\r\n二行目", "summary", "unseen"),
        ("summary", "見える\u202e字", "summary", "unseen"),
        ("summary", "ゼロ\u200b幅", "summary", "unseen"),
        ("summary", "\ud800", "summary", "unseen"),
        ("summary", ["text"], "summary", "not-a-text"),
    ],
)
def test_a_value_that_does_not_belong_is_refused_by_its_place(
    field: str, value: object, place: str, reason: str
) -> None:
    error = refusal({field: value})
    assert (error.field, error.reason) == (place, reason)


def test_the_name_of_an_unknown_field_is_cut_before_it_is_repeated() -> None:
    assert len(refusal({"x" * 5_000: 1}).field) == 64


def test_every_reason_is_told_in_both_languages() -> None:
    error = refusal({"experience_years": 61})
    assert profile.refusal_text(error, "en") == '"experience_years" lies outside its range.'
    assert profile.refusal_text(error, "ja") == "「experience_years」は範囲を外れています。"
    assert str(error) == profile.refusal_text(error, "en")
    assert all(words.ja and words.en for words in REASONS.values())


def test_the_digest_is_that_of_the_canonical_json() -> None:
    written = json.dumps(WHOLE, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert profile.digest(check_fields(WHOLE)) == hashlib.sha256(written.encode()).digest()


def test_the_order_of_fields_does_not_change_the_digest_and_any_value_does() -> None:
    whole = profile.digest(check_fields(WHOLE))
    assert profile.digest(check_fields(dict(reversed(WHOLE.items())))) == whole
    assert profile.digest(check_fields({**WHOLE, "remote": False})) != whole


def test_a_profile_belongs_to_the_groups_of_its_fields_in_their_order() -> None:
    assert profile.groups_of(check_fields(WHOLE)) == GROUPS
    assert profile.groups_of(check_fields({"summary": "a", "remote": True})) == (
        "location",
        "summary",
    )
    assert profile.groups_of(Fields()) == ()


@pytest.mark.parametrize("group", GROUPS)
def test_a_profile_within_a_group_holds_its_fields_and_no_other(group: str) -> None:
    kept = profile.within(check_fields(WHOLE), [group])
    assert set(kept.document()) == set(FIELDS_OF_GROUP[group])
    assert profile.groups_of(kept) == (group,)


def test_a_profile_within_all_groups_is_whole_and_within_none_is_empty() -> None:
    whole = check_fields(WHOLE)
    assert profile.within(whole, GROUPS) == whole
    assert profile.within(whole, []) == profile.within(whole, ["unknown"]) == Fields()


def test_the_texts_of_a_profile_are_what_a_person_wrote_with_their_paths() -> None:
    assert list(profile.texts_of(check_fields(WHOLE))) == [
        ("skills/0", "Python"),
        ("skills/1", "要件定義"),
        ("endorsement", WHOLE["endorsement"]),
        ("summary", WHOLE["summary"]),
    ]
    assert list(profile.texts_of(Fields(occupation="software"))) == []


def test_every_other_string_of_a_profile_is_out_of_a_closed_list() -> None:
    texts = {path.split("/")[0] for path, _ in profile.texts_of(check_fields(WHOLE))}
    for name, value in WHOLE.items():
        if name not in texts and isinstance(value, str):
            assert refusal({name: "架空 未来"}).reason in {"not-a-code", "not-a-month"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*WHOLE, "name"]), JSON, max_size=4))
def test_whatever_is_sent_is_read_or_refused_by_a_known_reason(document: dict[str, object]) -> None:
    reason = ""
    try:
        read = check_fields(document)
    except ProfileError as error:
        reason = error.reason
    else:
        canonical.encode(read.document())
        assert check_fields(read.document()) == read
    assert reason in {"", *REASONS}
