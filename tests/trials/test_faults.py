"""A relay in which everything goes wrong that can: each time a clear refusal, and a sound audit."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import httpx
import pytest

from exchange.app import create_app
from exchange.services.ledger import Fact
from exchange.store import ledger as ledger_rows
from exchange.store import points as point_rows
from exchange.store.claims import ClaimRow
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from tests.story import api, books, crowd, referrals, relays
from tests.story.api import Caller
from tests.story.candidate import Candidate as Visitor
from tests.story.forms import form_to, send
from tests.story.scheme import Organization

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

TWO_WORKERS = 2


@pytest.fixture
def http(scene: "Scene") -> Iterator[httpx.Client]:
    """Yield the way to the hub's pages and API."""
    with api.visitor(create_app(scene.hub)) as visitor:
        yield visitor


@pytest.fixture
def client_of(scene: "Scene", http: httpx.Client) -> Callable[[Organization], Caller]:
    """Return what makes an organization's own system."""
    return lambda organization: Caller(organization=organization, hub=scene.hub, http=http)


def refused(answer: httpx.Response, status: int, slug: str) -> None:
    """Require a refusal of one kind."""
    assert (answer.status_code, answer.json()["type"]) == (status, f"/docs/problems#{slug}")


def verdicts(answer: httpx.Response) -> list[tuple[str, str]]:
    """Return what became of each row, and where its fault is."""
    assert answer.status_code == 200, answer.text
    return [
        (one["status"], one.get("problem", {}).get("type", "").rpartition("#")[2])
        for one in answer.json()["items"]
    ]


def entries(scene: "Scene", kind: str) -> int:
    """Return how many entries of a kind stand in the ledger."""
    scene.hub.sequence()
    with scene.hub.reading() as work:
        raw = ledger_rows.entries(work.session, 0, 1 << 30)
    return sum(Entry.decode(one).kind == kind for one in raw)


def visitor_of(http: httpx.Client, person: relays.Candidate) -> Visitor:
    """Return a person at their page."""
    return Visitor(http=http, invitation="", member="mirai", number=1, own=f"/c/{person.token}")


def visitor_page(http: httpx.Client, person: relays.Candidate, claim: ClaimRow) -> str:
    """Return a page with a form of this hour for a request that may be over."""
    page = visitor_of(http, person).page()
    if f"/claims/{claim.id}/approve" in page:
        return page
    key = form_to(page, "/settings").value("form_key")
    action = f"/c/{person.token}/claims/{claim.id}/approve"
    return f'<form method="post" action="{action}"><input name="form_key" value="{key}"></form>'


def say_yes(http: httpx.Client, page: str, claim: ClaimRow) -> httpx.Response:
    """Send the form of a page that was opened before, with which a request is accepted."""
    form = form_to(page, f"/claims/{claim.id}/approve")
    return send(http, form, **{f"sure-{claim.id}": "yes"})


def invitation(scene: "Scene", origin: Organization, **changed: object) -> Mapping[str, object]:
    """Return an invitation as JSON."""
    asked = referrals.invitation(
        scene.hub, origin, referral=referrals.new_referral(), token=referrals.new_token()
    )
    return {
        "referral": asked.referral,
        "token_digest": b64url_encode(asked.token_digest),
        "job_kind": asked.job_kind,
        "locale": asked.locale,
        "expires_on": asked.expires_on.isoformat(),
        "attestation": asked.attestation,
        **changed,
    }


def test_a_row_that_stands_twice_is_taken_once_and_an_attestation_serves_one(
    scene: "Scene", client_of: Callable[[Organization], Caller]
) -> None:
    origin = scene.consortium.members[0]
    member, one = client_of(origin), invitation(scene, origin)
    borrowed = invitation(scene, origin, attestation=one["attestation"])

    twice = member.post("/v1/member/invitations", {"invitations": [one, one, borrowed]})
    later = member.post("/v1/member/invitations", {"invitations": [one]})

    assert verdicts(twice) == [
        ("registered", ""),
        ("known", ""),
        ("refused", "already-known"),
    ]
    assert verdicts(later) == [("known", "")]
    assert entries(scene, "referral.invited") == 1

    person = referrals.consent(scene.hub, origin)
    sent = referrals.addition(scene.hub, person, {"skills": ["Kotlin"]})
    row = {
        "referral": sent.referral,
        "consent": sent.consent,
        "fields": dict(sent.fields),
        "attestation": sent.attestation,
    }
    changed = {**row, "fields": {"skills": ["COBOL"]}}
    added = member.post("/v1/member/profiles", {"profiles": [row, row, changed]})
    assert verdicts(added) == [("added", ""), ("known", ""), ("refused", "already-known")]
    assert entries(scene, "profile.added") == 1
    scene.audit()


def test_an_answer_that_comes_too_late_changes_nothing(scene: "Scene", http: httpx.Client) -> None:
    hub, agency = scene.hub, scene.consortium.agencies[0]
    overdue, ended = (relays.enlist(hub, scene.consortium.members[0]) for _ in range(2))
    claims = {}
    for _ in range(2):
        made = relays.claim(hub, agency)
        claims[made.candidate_id] = made
    pages = {person.id: visitor_of(http, person).page() for person in (overdue, ended)}
    stopped = Fact(
        kind="claim.ended", refs={"claim": claims[ended.id].id}, body={"reason": "filled"}
    )
    caller = Caller(organization=agency, hub=hub, http=http)
    over = caller.post(
        f"/v1/agency/claims/{claims[ended.id].id}/end",
        {"reason": "filled", "attestation": agency.sign(hub, stopped).jws},
    )
    assert over.json()["state"] == "ended"

    withdrawn = say_yes(http, pages[ended.id], claims[ended.id])
    relays.wait(hub, days=7, seconds=1)
    late = say_yes(http, visitor_page(http, overdue, claims[overdue.id]), claims[overdue.id])

    assert withdrawn.status_code == late.status_code == 409
    assert "/settings" in withdrawn.text
    assert entries(scene, "claim.approved") == 0
    scene.audit()


def test_a_step_before_its_time_or_by_the_wrong_party_is_refused(
    scene: "Scene", client_of: Callable[[Organization], Caller]
) -> None:
    hub, (origin, hirer, other) = scene.hub, scene.consortium.members
    agency = scene.consortium.agencies[0]
    caller, today = client_of(agency), relays.today(hub).isoformat()
    person = relays.enlist(hub, origin)
    approved = relays.approve(hub, person, relays.claim(hub, agency).id)

    def introduce(day: str) -> httpx.Response:
        fact = relays.introduction_fact(approved, hirer.number, relays.today(hub))
        body = {"claim": approved.id, "hirer": hirer.number, "on": day}
        return caller.post(
            "/v1/agency/introductions", {**body, "attestation": agency.sign(hub, fact).jws}
        )

    def report(introduction: str, event: str) -> httpx.Response:
        body = {"introduction": introduction, "event": event, "on": today}
        refs = {"hire": crowd.new_id("hir"), "introduction": introduction}
        fact = Fact(kind="hire.reported", refs=refs, body={"event": event, "on": today})
        return caller.post("/v1/agency/hires", {**body, "attestation": agency.sign(hub, fact).jws})

    refused(introduce(today), 409, "step-refused")
    refused(report(crowd.new_id("int"), "started"), 404, "not-found")
    envelope = relays.release(hub, person, agency, approved)
    refused(introduce(today), 409, "step-refused")
    relays.receive(hub, agency, envelope.id)
    made = introduce(today)
    assert made.status_code == 201, made.text
    refused(report(made.json()["id"], "started"), 409, "step-refused")

    assert report(made.json()["id"], "offer-accepted").status_code == 201
    (listed,) = caller.get("/v1/agency/introductions").json()["items"]
    hire = listed["hire"]["id"]

    def confirm(by: Organization) -> httpx.Response:
        refs = {"hire": hire, "report": b64url_encode(bytes(16))}
        fact = Fact(kind="hire.confirmed", refs=refs, body={"on": today})
        return client_of(by).post(
            f"/v1/member/hires/{hire}/confirmation", {"attestation": by.sign(hub, fact).jws}
        )

    refused(confirm(hirer), 409, "step-refused")
    refused(confirm(agency), 403, "forbidden")
    refused(confirm(other), 404, "not-found")
    assert entries(scene, "hire.confirmed") == 0
    scene.audit()


def test_two_workers_at_once_settle_each_month_once(scene: "Scene") -> None:
    hub, origin, hirer = scene.hub, *scene.consortium.members[:2]
    agency = scene.consortium.agencies[0]
    reached = relays.reach(hub, relays.enlist(hub, origin), agency)
    relays.introduce(hub, agency, reached, hirer.number)
    books.next_month(hub, 2)
    hub.sequence()

    with ThreadPoolExecutor(TWO_WORKERS) as pool:
        ends = list(pool.map(lambda _: scene.machine.run("worker", "--once"), range(TWO_WORKERS)))

    assert ends == [0, 0], scene.machine.log.read_text(encoding="utf-8")
    with hub.reading() as work:
        runs = [row.period for row in work.session.query(point_rows.RunRow)]
    assert len(runs) == len(set(runs)) == 2
    assert entries(scene, "period.settled") == 2
    scene.audit()
