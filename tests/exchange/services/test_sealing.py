"""Small documents under a candidate's own key."""

import pytest

from exchange.domain.errors import NotFoundError
from exchange.services import sealing
from exchange.vault.person_keys import PersonKey, SealError
from tests.story import referrals
from tests.story.scheme import Consortium

KEY = PersonKey(bytes(range(32)))


def test_a_document_opens_again_under_its_key_and_purpose_alone() -> None:
    kept = sealing.sealed(KEY, sealing.FORM, {"summary": "開発", "years": 6})
    assert sealing.opened(KEY, sealing.FORM, kept) == {"summary": "開発", "years": 6}
    with pytest.raises(SealError):
        sealing.opened(KEY, sealing.ADDED, kept)
    with pytest.raises(SealError):
        sealing.opened(PersonKey(bytes(32)), sealing.FORM, kept)


def test_nothing_kept_opens_as_an_empty_document() -> None:
    assert sealing.opened(KEY, sealing.FORM, None) == {}


def test_what_is_no_document_is_our_own_fault() -> None:
    with pytest.raises(TypeError):
        sealing.opened(KEY, sealing.FORM, KEY.seal(b"[]", sealing.FORM))


def test_each_candidate_has_a_key_of_their_own(consortium: Consortium) -> None:
    hub = consortium.hub
    one, other = (referrals.consent(hub, member) for member in consortium.members[:2])
    with hub.reading() as work:
        keys = [sealing.key_of(work, person.actor.candidate_id) for person in (one, other)]
        assert keys[0] != keys[1]
        with pytest.raises(NotFoundError):
            sealing.key_of(work, "per_00000000000000000000000000")
