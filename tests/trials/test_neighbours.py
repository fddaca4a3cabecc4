"""What belongs to a neighbour looks at every door exactly like what does not exist."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import httpx
import pytest

from exchange.app import create_app
from exchange.services.ledger import Fact
from exchange.services.tellings import waiting
from exchange.store.claims import ClaimRow
from relay_protocol import ids, jwk
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from tests.story import api, crowd, relays
from tests.story.api import Caller
from tests.story.crowd import Crowd
from tests.story.doors import ABSENT
from tests.story.scheme import Organization

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

DIGEST = b64url_encode(bytes(32))
ATTESTATION = b64url_encode(bytes(16))
ABSENT_REFERRAL = f"ref_{'0' * 26}"
ABSENT_PAIRWISE = ids.pairwise_id(bytes(5))
MESSAGE = "ご経験を拝見し、この求人についてお話ししたいです。"
OF_ONE_REQUEST = {"content-length", "x-request-id"}
Ask: TypeAlias = Callable[[str], httpx.Response]
"""Asks about something by its name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody who asks about what is not theirs, in a form that is right."""

    caller: Caller

    def act(self, path: str, fact: Fact, **body: object) -> httpx.Response:
        """Send an act with its attestation."""
        signed = self.caller.organization.sign(self.caller.hub, fact).jws
        return self.caller.post(path, {**body, "attestation": signed})

    @property
    def today(self) -> str:
        """The day that it is."""
        return relays.today(self.caller.hub).isoformat()


@pytest.fixture
def gathered(scene: "Scene") -> Crowd:
    """Return a scheme with two of everything, on each of the databases."""
    return crowd.gather(scene.consortium)


@pytest.fixture
def stranger_of(gathered: Crowd) -> Iterator[Callable[[Organization], Stranger]]:
    """Yield what makes somebody who asks about what is not theirs."""
    with api.visitor(create_app(gathered.hub)) as http:
        yield lambda organization: Stranger(
            caller=Caller(organization=organization, hub=gathered.hub, http=http)
        )


def check(ask: Ask, neighbours: str, absent: str) -> None:
    """Ask about both; the answers may differ in the name alone."""
    theirs, none = ask(neighbours), ask(absent)
    assert theirs.status_code == none.status_code == 404, (theirs.text, none.text)
    assert theirs.text.replace(neighbours, absent) == none.text
    assert _shown(theirs) == _shown(none)


def _shown(answer: httpx.Response) -> Mapping[str, str]:
    """Return the headers of an answer, but for those that differ from request to request."""
    return {name: value for name, value in answer.headers.items() if name not in OF_ONE_REQUEST}


def test_a_neighbouring_agency_finds_nothing_by_any_name(
    gathered: Crowd, stranger_of: Callable[[Organization], Stranger]
) -> None:
    hub, number = gathered.hub, gathered.consortium.members[1].number
    other = stranger_of(gathered.consortium.agencies[1])
    offered = relays.describe(hub, other.caller.organization)
    theirs, envelope = gathered.approved[0], gathered.envelopes[0]
    agency = "/v1/agency"

    def fact(kind: str, refs: dict[str, str], **body: Value) -> Fact:
        return Fact(kind=kind, refs=refs, body=body)

    def claim(pairwise: str, vacancy: str) -> httpx.Response:
        refs = {"claim": crowd.new_id("clm")}
        digest = b64url_encode(offered.row.digest)
        said = fact("claim.made", refs, pairwise=pairwise, vacancy=digest, job_kind="mid-career")
        return other.act(
            f"{agency}/claims", said, pairwise=pairwise, vacancy=vacancy, message=MESSAGE
        )

    def end(name: str) -> httpx.Response:
        said = fact("claim.ended", {"claim": name}, reason="filled")
        return other.act(f"{agency}/claims/{name}/end", said, reason="filled")

    def receive(name: str) -> httpx.Response:
        refs = {"claim": envelope.claim_id, "release": ATTESTATION}
        said = fact("identity.received", refs, provenance=True)
        return other.act(f"{agency}/envelopes/{name}/receipt", said)

    def introduce(name: str) -> httpx.Response:
        refs = {"introduction": crowd.new_id("int"), "claim": name}
        day = other.today
        said = fact("introduction.made", refs, hirer=number, on=day, job_kind="mid-career")
        return other.act(f"{agency}/introductions", said, claim=name, hirer=number, on=day)

    def advance(name: str) -> httpx.Response:
        return other.caller.post(f"{agency}/introductions/{name}/stages", {"stage": "final"})

    def report(name: str) -> httpx.Response:
        refs = {"hire": crowd.new_id("hir"), "introduction": name}
        said = fact("hire.reported", refs, event="left", on=other.today)
        return other.act(f"{agency}/hires", said, introduction=name, event="left", on=other.today)

    def look_for_matches(name: str) -> httpx.Response:
        return other.caller.get(f"{agency}/vacancies/{name}/matches")

    def look_into(name: str) -> httpx.Response:
        return other.caller.get(f"{agency}/envelopes/{name}")

    own = relays.sight_of(hub, other.caller.organization, offered)
    check(lambda name: claim(name, offered.row.id), theirs.pairwise_id, ABSENT_PAIRWISE)
    check(lambda name: claim(own, name), gathered.offered.row.id, ABSENT["vacancy"])
    check(end, theirs.id, ABSENT["claim"])
    check(receive, envelope.id, ABSENT["envelope"])
    check(introduce, envelope.claim_id, ABSENT["claim"])
    check(advance, gathered.introduced[0].id, ABSENT["introduction"])
    check(report, gathered.introduced[0].id, ABSENT["introduction"])
    check(look_for_matches, gathered.offered.row.id, ABSENT["vacancy"])
    check(look_into, envelope.id, ABSENT["envelope"])


def test_a_neighbouring_member_finds_nothing_by_any_name(
    gathered: Crowd, stranger_of: Callable[[Organization], Stranger]
) -> None:
    other, agency = stranger_of(gathered.consortium.members[2]), gathered.consortium.agencies[0]
    theirs = gathered.approved[0]

    def confirm(name: str) -> httpx.Response:
        refs = {"hire": name, "report": ATTESTATION}
        said = Fact(kind="hire.confirmed", refs=refs, body={"on": other.today})
        return other.act(f"/v1/member/hires/{name}/confirmation", said)

    def release(name: str) -> httpx.Response:
        about = ClaimRow(
            id=name,
            referral_id=ABSENT_REFERRAL,
            approval_attestation=theirs.approval_attestation,
        )
        envelope = relays.sealed(agency, about)
        said = relays.release_fact(about, envelope)
        return other.act("/v1/member/releases", said, claim=name, envelope=envelope)

    check(confirm, gathered.hired[0].id, ABSENT["hire"])
    check(release, theirs.id, ABSENT["claim"])


def test_a_neighbouring_member_adds_to_nobody(
    gathered: Crowd, stranger_of: Callable[[Organization], Stranger]
) -> None:
    other = stranger_of(gathered.consortium.members[2])

    def add(name: str) -> object:
        refs = {"referral": name, "consent": f"con_{'0' * 26}"}
        body: dict[str, Value] = {"groups": ["skills"], "digest": DIGEST}
        signed = other.caller.organization.sign(
            gathered.hub, Fact(kind="profile.added", refs=refs, body=body)
        )
        row = {**refs, "fields": {"skills": ["Python"]}, "attestation": signed.jws}
        (item,) = other.caller.post("/v1/member/profiles", {"profiles": [row]}).json()["items"]
        assert item["status"] == "refused"
        return item["problem"]

    assert add(gathered.listed[0].referral) == add(ABSENT_REFERRAL)


def test_a_neighbour_finds_no_person_key_or_telling_by_any_name(
    gathered: Crowd, stranger_of: Callable[[Organization], Stranger]
) -> None:
    hub, agency = gathered.hub, gathered.consortium.agencies[0]
    other = stranger_of(gathered.consortium.agencies[1])
    kid = jwk.kid_of(agency.sealing.public_key())
    with hub.reading() as work:
        telling = waiting(work, agency.actor, after=0, limit=1)[0].position

    def confirm(name: str) -> httpx.Response:
        key: Value = dict(jwk.from_key(agency.sealing.public_key()))
        body: dict[str, Value] = {
            "purpose": "passkey",
            "key": key,
            "person": name,
            "credential": ATTESTATION,
        }
        return other.act(f"/v1/people/{name}/confirmation", Fact(kind="key.registered", body=body))

    def revoke(name: str) -> httpx.Response:
        return other.act("/v1/keys/revocations", Fact(kind="key.revoked", body={"kid": name}))

    def acknowledge(name: str) -> httpx.Response:
        return other.caller.post(f"/v1/tellings/{name}/acknowledgement")

    check(confirm, gathered.person, ABSENT["person"])
    check(revoke, kid, DIGEST)
    check(acknowledge, str(telling), ABSENT["number"])
