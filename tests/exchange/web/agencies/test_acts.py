"""Acts at the portal are signed once, and done once."""

from datetime import date

import pytest

from exchange.domain.errors import BadInputError
from exchange.hub import Hub
from exchange.web.agencies import acts
from relay_protocol.ids import is_id
from tests.story import recruiting, relays
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium


def test_given_a_signed_act_then_it_cannot_be_done_twice(
    hub: Hub, consortium: Consortium, recruiter: PortalPerson
) -> None:
    relays.enlist(hub, consortium.members[0])
    asked = recruiting.ask(hub, recruiter, "お話ししたいです。")
    assert recruiter.answer_passkey(asked.text).status_code == 200
    assert recruiter.answer_passkey(asked.text).status_code == 410


@pytest.mark.parametrize("text", ["", "tomorrow", "2026-02-30", "2026/12/01"])
def test_what_is_no_day_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(BadInputError) as refused:
        acts.typed_day(text)
    assert refused.value.field == "on"


def test_a_day_is_read_as_it_is_written() -> None:
    assert acts.typed_day("2026-12-01") == date(2026, 12, 1)


def test_a_new_id_is_of_its_kind_and_never_the_same() -> None:
    assert is_id("clm", acts.new_id("clm"))
    assert acts.new_id("int") != acts.new_id("int")
