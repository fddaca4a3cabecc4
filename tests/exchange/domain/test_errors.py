import inspect

import pytest

from exchange.domain import errors
from exchange.domain.errors import BadInputError, BusyError, ExchangeError

KINDS = [
    kind
    for _, kind in inspect.getmembers(errors, inspect.isclass)
    if issubclass(kind, ExchangeError)
]


@pytest.mark.parametrize("kind", KINDS)
def test_every_refusal_says_in_one_sentence_what_it_means(kind: type[ExchangeError]) -> None:
    sentence = inspect.getdoc(kind) or ""

    assert sentence.endswith(".")
    assert "\n" not in sentence


def test_a_refusal_keeps_what_it_says_in_both_languages() -> None:
    error = BadInputError(
        "Too long.",
        field="profiles/3/fields/summary",
        mend="Cut it.",
        detail_ja="長い",
        mend_ja="短く",
    )

    assert str(error) == "Too long."
    assert (error.detail, error.field, error.mend) == (
        "Too long.",
        "profiles/3/fields/summary",
        "Cut it.",
    )
    assert (error.detail_ja, error.mend_ja) == ("長い", "短く")


def test_what_is_not_given_is_empty() -> None:
    error = ExchangeError("No.")

    assert (error.field, error.mend, error.detail_ja, error.mend_ja) == ("", "", "", "")


def test_being_busy_says_when_to_come_again() -> None:
    assert BusyError("Full.").retry_after_s == 2
    assert BusyError("Full.", retry_after_s=30).retry_after_s == 30
