import pytest

from exchange.web.http.validation import Fault, faults_of


def test_every_fault_is_named_by_the_path_of_its_value() -> None:
    details = {
        "messages": {
            "json": {
                "profiles": {3: {"fields": {"summary": ["Longer than maximum length 600."]}}},
                "consent": ["Missing data for required field."],
            }
        }
    }

    assert faults_of(details, "en") == (
        Fault(field="profiles/3/fields/summary", detail="Longer than maximum length 600."),
        Fault(field="consent", detail="Missing data for required field."),
    )


def test_japanese_readers_get_japanese_words_where_there_are_some() -> None:
    details = {"messages": {"query": {"limit": ["Not a valid integer.", "Strange."]}}}

    assert [fault.detail for fault in faults_of(details, "ja")] == [
        "整数ではありません。",
        "Strange.",
    ]


def test_a_fault_of_the_whole_body_has_no_path() -> None:
    assert faults_of({"messages": {"json": {"_schema": ["Invalid input type."]}}}, "en") == (
        Fault(field="", detail="Invalid input type."),
    )


def test_a_name_that_was_sent_is_shown_cut_and_without_what_could_be_code() -> None:
    details = {"messages": {"json": {"<script>" + "x" * 100: ["Unknown field."]}}}

    (fault,) = faults_of(details, "en")

    assert fault.field == "?script?" + "x" * 52


@pytest.mark.parametrize("details", [None, {}, {"messages": None}, {"messages": []}, "text"])
def test_where_nothing_was_validated_there_are_no_faults(details: object) -> None:
    assert faults_of(details, "en") == ()
