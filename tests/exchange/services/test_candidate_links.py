"""The private link of a candidate."""

import hashlib
import re

import pytest

from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.services import candidate_links
from relay_protocol.ids import link_digest
from tests.story import referrals
from tests.story.scheme import Consortium


def test_the_same_form_leads_to_the_same_link_and_another_to_another(
    consortium: Consortium,
) -> None:
    ring, nonce = consortium.hub.keyring, candidate_links.new_nonce()
    token = candidate_links.token_of(ring, "ref_a", nonce)
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert candidate_links.token_of(ring, "ref_a", nonce) == token
    assert candidate_links.token_of(ring, "ref_b", nonce) != token
    assert candidate_links.token_of(ring, "ref_a", candidate_links.new_nonce()) != token


def test_a_link_leads_to_its_candidate(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    with consortium.hub.reading() as work:
        assert candidate_links.candidate_of(work, person.token) == person.actor


@pytest.mark.parametrize("change", [str.swapcase, lambda token: token[:-1] + "_", lambda _: ""])
def test_a_link_that_is_not_whole_leads_nowhere(
    consortium: Consortium, change: "type[str] | object"
) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    assert callable(change)
    with pytest.raises(NotFoundError), consortium.hub.reading() as work:
        candidate_links.candidate_of(work, change(person.token))


def test_an_invitation_is_no_candidates_link(consortium: Consortium) -> None:
    person = referrals.consent(consortium.hub, consortium.members[0])
    with pytest.raises(NotFoundError), consortium.hub.reading() as work:
        candidate_links.candidate_of(work, person.invited.token)


def test_a_candidate_who_is_gone_cannot_act(consortium: Consortium) -> None:
    gone = Actor(kind="candidate", candidate_id="per_00000000000000000000000000")
    with pytest.raises(NotFoundError), consortium.hub.work() as work:
        candidate_links.locked(work, gone)


def test_a_link_is_known_by_the_hash_of_its_letters() -> None:
    assert link_digest("abc") == hashlib.sha256(b"abc").digest()
