import inspect

from career_relay import errors
from career_relay.errors import HubRefusedError, Problem, RelayError
from career_relay.words import Words


def test_every_refusal_of_the_client_speaks_both_languages() -> None:
    kinds = [kind for _, kind in inspect.getmembers(errors, inspect.isclass)]
    refusals = [kind for kind in kinds if issubclass(kind, Exception)]
    assert refusals
    assert all(issubclass(kind, RelayError) for kind in refusals)


def test_a_refusal_says_what_happened_and_how_to_mend_it() -> None:
    refusal = RelayError(Words(en="It rains.", ja="雨です。"), Words(en="Wait.", ja="待つ。"))
    assert str(refusal) == "It rains."
    assert (refusal.said.into("ja"), refusal.mend.into("ja")) == ("雨です。", "待つ。")


def test_a_refusal_without_a_mend_offers_none() -> None:
    assert RelayError(Words(en="It rains.", ja="雨です。")).mend.into("en") == ""


def problem(field: str) -> Problem:
    return Problem(
        slug="bad-input", title="Bad input", status=422, detail="is too long.", field=field
    )


def test_a_hubs_refusal_names_the_field_at_fault() -> None:
    assert str(HubRefusedError(problem("fields/summary"))) == "fields/summary: is too long."


def test_a_hubs_refusal_of_no_field_is_its_sentence_alone() -> None:
    assert str(HubRefusedError(problem(""))) == "is too long."


def test_a_hubs_refusal_stands_in_the_language_that_it_was_asked_in() -> None:
    refusal = HubRefusedError(
        Problem(
            slug="x", title="x", status=403, detail="許可されていません。", mend="許可が要ります。"
        )
    )
    assert refusal.said.into("ja") == refusal.said.into("en") == "許可されていません。"
    assert refusal.mend.into("ja") == "許可が要ります。"
