"""The candidate's words win over what the origin added."""

from exchange.domain.drafts import FORM_FIELDS, ORIGIN_ONLY, Draft
from relay_protocol import profile
from relay_protocol.codes import GROUPS

ADDED = profile.check_fields(
    {
        "occupation": "software",
        "skills": ["Java"],
        "stage_reached": "final-interview",
        "endorsement": "話を聞く力がありました。",
    }
)
NOTHING = profile.check_fields({})


def test_every_field_is_the_candidates_or_the_origins_alone() -> None:
    assert set(FORM_FIELDS) | set(ORIGIN_ONLY) == set(profile.GROUP_OF_FIELD)
    assert not set(FORM_FIELDS) & set(ORIGIN_ONLY)


def test_without_the_candidates_words_the_origins_stand() -> None:
    draft = Draft(own=NOTHING, added=ADDED)
    assert draft.merged() == ADDED
    assert draft.from_origin() == {"occupation", "skills", "stage_reached", "endorsement"}


def test_the_candidates_words_take_the_place_of_the_origins() -> None:
    draft = Draft(own=profile.check_fields({"skills": ["Python"]}), added=ADDED)
    assert draft.merged().skills == ("Python",)
    assert draft.merged().occupation == "software"
    assert draft.from_origin() == {"occupation", "stage_reached", "endorsement"}


def test_what_the_candidate_leaves_out_is_gone() -> None:
    draft = Draft(own=NOTHING, added=ADDED, left_out=frozenset({"endorsement"}))
    assert draft.merged().endorsement is None
    assert "endorsement" not in draft.from_origin()


def test_a_form_that_repeats_the_origins_words_leaves_them_the_origins() -> None:
    written = {"occupation": "software", "skills": ["Java", "Go"]}
    draft = Draft(own=NOTHING, added=ADDED).corrected(written, ORIGIN_ONLY, GROUPS)
    assert draft.own.document() == {"skills": ["Java", "Go"]}
    assert "occupation" in draft.from_origin()


def test_a_field_that_the_form_brings_back_empty_is_left_out() -> None:
    draft = Draft(own=NOTHING, added=ADDED).corrected({}, ORIGIN_ONLY, GROUPS)
    assert draft.left_out == {"occupation", "skills"}
    assert draft.merged().document() == {
        "stage_reached": "final-interview",
        "endorsement": "話を聞く力がありました。",
    }


def test_what_only_the_origin_can_say_stands_only_as_the_candidate_keeps_it() -> None:
    written = {"occupation": "software", "skills": ["Java"]}
    draft = Draft(own=NOTHING, added=ADDED).corrected(written, ["stage_reached"], GROUPS)
    assert draft.left_out == {"endorsement"}


def test_a_group_that_the_form_did_not_ask_for_is_not_left_out() -> None:
    draft = Draft(own=NOTHING, added=ADDED).corrected({}, [], ["skills"])
    assert draft.left_out == {"skills"}


def test_what_was_left_out_can_be_kept_again() -> None:
    before = Draft(own=NOTHING, added=ADDED, left_out=frozenset({"endorsement"}))
    written = {"occupation": "software", "skills": ["Java"]}
    assert before.corrected(written, ORIGIN_ONLY, GROUPS).left_out == frozenset()


def test_only_what_the_origin_alone_can_say_is_kept_by_name() -> None:
    draft = Draft(own=NOTHING, added=ADDED).corrected({}, ["occupation", "skills"], GROUPS)
    assert {"occupation", "skills"} <= draft.left_out
