from datetime import UTC, datetime, timedelta

import pytest

from exchange.domain.errors import FormKeyError
from exchange.web.http.form_keys import FormKeys

KEYS = FormKeys(secret=b"s" * 32)
LINK = b"l" * 32
ISSUED = datetime(2026, 12, 1, 9, 59, 59, tzinfo=UTC)


def issue() -> str:
    return KEYS.issue(link=LINK, page="consent", at=ISSUED)


@pytest.mark.parametrize(
    "sent_at",
    [
        ISSUED,
        datetime(2026, 12, 1, 9, 0, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 10, 0, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 10, 59, 59, tzinfo=UTC),
    ],
)
def test_a_form_may_come_back_in_its_hour_and_in_the_next(sent_at: datetime) -> None:
    KEYS.check(issue(), link=LINK, page="consent", at=sent_at)


@pytest.mark.parametrize(
    "sent_at",
    [
        datetime(2026, 12, 1, 11, 0, 0, tzinfo=UTC),
        datetime(2026, 12, 1, 8, 59, 59, tzinfo=UTC),
        ISSUED + timedelta(days=1),
    ],
)
def test_a_form_of_another_hour_is_refused(sent_at: datetime) -> None:
    with pytest.raises(FormKeyError):
        KEYS.check(issue(), link=LINK, page="consent", at=sent_at)


@pytest.mark.parametrize("form_key", ["", "x", "鍵", "\ud800", issue()[:-1], issue() + "A"])
def test_what_was_never_given_out_is_refused(form_key: str) -> None:
    with pytest.raises(FormKeyError):
        KEYS.check(form_key, link=LINK, page="consent", at=ISSUED)


def test_a_form_key_serves_one_link_one_page_and_one_exchange() -> None:
    with pytest.raises(FormKeyError):
        KEYS.check(issue(), link=b"m" * 32, page="consent", at=ISSUED)
    with pytest.raises(FormKeyError):
        KEYS.check(issue(), link=LINK, page="erase", at=ISSUED)
    with pytest.raises(FormKeyError):
        FormKeys(secret=b"t" * 32).check(issue(), link=LINK, page="consent", at=ISSUED)
