"""Everything that anybody can do, done once by everybody, in forms and over the API."""

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta
from secrets import token_bytes
from typing import Final

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import select

from exchange.services import candidate_links, claims, hires, releases, witnesses
from exchange.services.ledger import Fact
from exchange.store import points as point_rows
from exchange.store import referrals as referral_rows
from exchange.store.claims import ClaimRow
from exchange.store.hires import IntroductionRow
from relay_protocol import ids, jwk
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from tests.story import api, books, forms, portal, recruiting, referrals, relays, scheme
from tests.story.api import Caller
from tests.story.authenticator import Authenticator
from tests.story.candidate import Candidate
from tests.story.overheard import Overheard
from tests.story.portal import PortalPerson
from tests.story.scheme import OFFICE, Consortium, Organization

MANY: Final = 25


@dataclass(kw_only=True)
class Walk:
    """Somebody of every kind, doing all that can be done.

    Attributes:
        candidates: those whose pages still open, by the id under which the hub knows them.
        browsers: people at the portal, by their organization.
    """

    consortium: Consortium
    heard: Overheard
    stack: ExitStack
    candidates: dict[str, Candidate] = field(default_factory=dict)
    browsers: dict[str, PortalPerson] = field(default_factory=dict)

    def caller(self, organization: Organization) -> Caller:
        """Return an organization's own system."""
        return Caller(organization=organization, hub=self.consortium.hub, http=self.visitor())

    def visitor(self) -> httpx.Client:
        """Return a new browser."""
        return self.stack.enter_context(api.visitor(self.heard.app))

    def act(self, by: Organization, path: str, fact: Fact, **body: object) -> httpx.Response:
        """Send an organization's signed act."""
        signed = by.sign(self.consortium.hub, fact).jws
        return self.post(by, path, {**body, "attestation": signed})

    def post(self, by: Organization, path: str, body: object = None) -> httpx.Response:
        """Send something that must be accepted."""
        return self.caller(by).post(path, body).raise_for_status()

    def press(self, person: PortalPerson, path: str, **typed: str) -> httpx.Response:
        """Fill in a form of the portal, and send it."""
        form = forms.form_to(person.http.get(path).text, path)
        return forms.send(person.http, form, **typed).raise_for_status()

    def consents(self) -> Candidate:
        """Let somebody be invited by the first member, and say yes on their page."""
        hub, origin = self.consortium.hub, self.consortium.members[0]
        token = referrals.new_token()
        self.post(origin, "/v1/member/invitations", {"invitations": [self.invitation(token)]})
        person = Candidate(
            http=self.visitor(), invitation=f"/i/{token}", member=origin.slug, number=0
        )
        person.consent(modules=("exception",))
        with hub.reading() as work:
            known = candidate_links.candidate_of(work, person.own.rpartition("/")[2])
        self.candidates[known.candidate_id] = person
        return person

    def enlists(self) -> Candidate:
        """Bring somebody to the list, by forms alone."""
        person = self.consents()
        form = forms.form_to(person.http.get(f"{person.own}/form").text, "/form")
        forms.send(person.http, form, occupation="software", skills="Python、PostgreSQL")
        person.list_it()
        return person

    def invitation(self, token: str) -> Mapping[str, object]:
        """Return one invitation as JSON."""
        asked = referrals.invitation(
            self.consortium.hub,
            self.consortium.members[0],
            referral=referrals.new_referral(),
            token=token,
        )
        return {
            "referral": asked.referral,
            "token_digest": b64url_encode(asked.token_digest),
            "job_kind": asked.job_kind,
            "locale": asked.locale,
            "expires_on": asked.expires_on.isoformat(),
            "attestation": asked.attestation,
        }


def keys_and_people(walk: Walk) -> None:
    """Register keys, cosign, enrol people, and sign in."""
    hub, agency = walk.consortium.hub, walk.consortium.agencies[0]
    newcomer = Organization(slug="minato", role="member", number=scheme.corporate_number(20))
    scheme.admit(hub, newcomer)
    (pending,) = walk.caller(agency).get("/v1/admissions?state=pending").json()["items"]
    fact = Fact(
        kind="org.cosigned",
        refs={"admission": pending["admission"]},
        body={"fingerprint": newcomer.kid},
    )
    walk.act(agency, "/v1/cosignatures", fact)
    key = Ed25519PrivateKey.generate().public_key()
    body: dict[str, Value] = {
        "purpose": "sign",
        "key": dict(jwk.from_key(key)),
        "person": "",
        "credential": "",
    }
    walk.act(agency, "/v1/keys", Fact(kind="key.registered", body=body))
    gone = Fact(kind="key.revoked", body={"kid": jwk.kid_of(key)})
    walk.act(agency, "/v1/keys/revocations", gone)
    for organization in (agency, walk.consortium.members[1]):
        enrol(walk, organization)
    office = Organization(
        slug=OFFICE, role="operator", number="", signing=hub.keyring.signing["operator"]
    )
    with hub.noting() as work:
        witnesses.raise_alarm(work, "w1", status=422, size=17, theirs=None)
    person = portal.signed_in(hub, office, walk.visitor())
    page = person.http.get("/portal/office/").text
    forms.send(person.http, forms.form_to(page, "/alarms/1/acknowledgement"))
    forms.send(person.http, forms.form_to(page, "/portal/sign-out"))


def enrol(walk: Walk, organization: Organization) -> None:
    """Let somebody of an organization enrol, be confirmed, and sign in."""
    hub = walk.consortium.hub
    invited = walk.post(organization, "/v1/people", {"display_name": "佐倉 花子"}).json()
    device = Authenticator(origin=hub.scheme.web_origin)
    person = PortalPerson(http=walk.visitor(), device=device)
    person.enrol(invited["enrolment_url"]).raise_for_status()
    (enrolled,) = walk.caller(organization).get("/v1/people").json()["items"]
    body = {
        "purpose": "passkey",
        "key": enrolled["key"],
        "person": invited["id"],
        "credential": enrolled["credential"],
    }
    path = f"/v1/people/{invited['id']}/confirmation"
    walk.act(organization, path, Fact(kind="key.registered", body=body))
    person.sign_in().raise_for_status()
    walk.browsers[organization.slug] = person


def by_machine(walk: Walk) -> None:
    """Bring somebody from the list to a hire, every step by the parties' own systems."""
    hub, agency = walk.consortium.hub, walk.consortium.agencies[0]
    origin, hirer, _ = walk.consortium.members
    person = walk.enlists()
    add(walk, person)
    ended = claim(walk)
    path = f"/v1/agency/claims/{ended.id}/end"
    walk.act(agency, path, claims.ending(ended.id, "filled"), reason="filled")
    walk.enlists()
    claimed = claim(walk)
    walk.candidates[claimed.candidate_id].approve(claimed.id)
    with hub.reading() as work:
        approved = work.session.get_one(ClaimRow, claimed.id)
    envelope = relays.sealed(agency, approved)
    fact = relays.release_fact(approved, envelope)
    released = walk.act(
        origin, "/v1/member/releases", fact, claim=claimed.id, envelope=envelope
    ).json()
    with hub.reading() as work:
        fact = releases.receiving(releases.carried(work, agency.actor, released["envelope"]))
    walk.act(agency, f"/v1/agency/envelopes/{released['envelope']}/receipt", fact)
    on = relays.today(hub)
    fact = relays.introduction_fact(claimed, hirer.number, on)
    said = {"claim": claimed.id, "hirer": hirer.number, "on": on.isoformat()}
    made = walk.act(agency, "/v1/agency/introductions", fact, **said).json()["id"]
    walk.post(agency, f"/v1/agency/introductions/{made}/stages", {"stage": "final"})
    name = ids.new_id("hir", token_bytes(ids.ID_BYTES))
    for event in ("offer-accepted", "started"):
        refs = {"hire": name, "introduction": made}
        told: dict[str, Value] = {"event": event, "on": on.isoformat()}
        fact = Fact(kind="hire.reported", refs=refs, body=told)
        walk.act(agency, "/v1/agency/hires", fact, introduction=made, **told)
    with hub.reading() as work:
        row = next(one for one in hires.at_hirer(work, hirer.actor) if one.id == name)
    walk.act(hirer, f"/v1/member/hires/{name}/confirmation", hires.confirming(row))


def add(walk: Walk, person: Candidate) -> None:
    """Let the origin add to a profile."""
    hub, origin = walk.consortium.hub, walk.consortium.members[0]
    with hub.reading() as work:
        actor = candidate_links.candidate_of(work, person.own.rpartition("/")[2])
        referral = referral_rows.of_candidate(work.session, actor.candidate_id)
        assert referral is not None
        invited = referrals.Invited(
            origin=origin, referral=referral.id, token="", job_kind=referral.job_kind
        )
    known = referrals.Candidate(invited=invited, token="", actor=actor)
    sent = referrals.addition(hub, known, {"stage_reached": "final-interview"})
    body = {
        "referral": sent.referral,
        "consent": sent.consent,
        "fields": dict(sent.fields),
        "attestation": sent.attestation,
    }
    walk.post(origin, "/v1/member/profiles", {"profiles": [body]})


def claim(walk: Walk) -> ClaimRow:
    """Let the agency's system claim whom it sees first."""
    hub, agency = walk.consortium.hub, walk.consortium.agencies[0]
    walk.post(
        agency,
        "/v1/agency/vacancies",
        {
            **relays.BACKEND,
            "open_until": (relays.today(hub) + timedelta(days=9)).isoformat(),
        },
    )
    wish = relays.wish(hub, agency)
    made = walk.act(
        agency,
        "/v1/agency/claims",
        relays.claim_fact(hub, agency, wish),
        pairwise=wish.pairwise_id,
        vacancy=wish.vacancy_id,
        message=wish.message,
    )
    with hub.reading() as work:
        return work.session.get_one(ClaimRow, made.json()["id"])


def by_hand(walk: Walk) -> None:
    """Bring somebody from the list to a hire, every step in a browser."""
    hub, agency = walk.consortium.hub, walk.consortium.agencies[0]
    hirer = walk.consortium.members[1]
    recruiter, manager = walk.browsers[agency.slug], walk.browsers[hirer.slug]
    walk.enlists()
    claimed = sign_claim(walk)
    asked = walk.press(recruiter, f"/portal/claims/{claimed.id}/end", reason="filled")
    recruiter.answer_passkey(asked.text)
    walk.enlists()
    claimed = sign_claim(walk)
    walk.candidates[claimed.candidate_id].turn_down(claimed.id)
    for confirm in (by_candidate, by_company):
        walk.enlists()
        claimed = sign_claim(walk)
        walk.candidates[claimed.candidate_id].approve(claimed.id)
        reached = reach(walk, claimed)
        address = f"/portal/claims/{reached.id}/introduce"
        asked = walk.press(recruiter, address, hirer=hirer.number)
        listing = recruiter.answer_passkey(asked.text).text
        with hub.reading() as work:
            made = work.session.scalars(
                select(IntroductionRow).where(IntroductionRow.claim_id == reached.id)
            ).one()
        stage = forms.form_to(listing, f"/portal/introductions/{made.id}/stage")
        forms.send(recruiter.http, stage, stage="interview")
        for event in ("offer-accepted", "started"):
            asked = walk.press(recruiter, f"/portal/introductions/{made.id}/report", event=event)
            recruiter.answer_passkey(asked.text)
        confirm(walk, claimed, manager)


def by_candidate(walk: Walk, claimed: ClaimRow, manager: PortalPerson) -> None:
    """Let the candidate confirm the start on their page."""
    del manager
    person = walk.candidates[claimed.candidate_id]
    form = next(one for one in forms.forms_in(person.page()) if one.action.endswith("/confirm"))
    sure = f"sure-{form.action.split('/')[-2]}"
    forms.send(person.http, form, **{sure: "yes"}).raise_for_status()


def by_company(walk: Walk, claimed: ClaimRow, manager: PortalPerson) -> None:
    """Let the company confirm the start in the portal."""
    del walk, claimed
    page = manager.http.get("/portal/member/hires").text
    asked = forms.send(manager.http, forms.form_to(page, "/signature"))
    manager.answer_passkey(asked.raise_for_status().text).raise_for_status()


def sign_claim(walk: Walk) -> ClaimRow:
    """Let the recruiter describe a vacancy and sign a claim; return the newest claim."""
    hub, agency = walk.consortium.hub, walk.consortium.agencies[0]
    with hub.reading() as work:
        before = set(work.session.scalars(select(ClaimRow.id)))
    recruiting.claim(hub, walk.browsers[agency.slug]).raise_for_status()
    with hub.reading() as work:
        return work.session.scalars(select(ClaimRow).where(ClaimRow.id.not_in(before))).one()


def reach(walk: Walk, claimed: ClaimRow) -> ClaimRow:
    """Let origin and agency hand over who somebody is."""
    hub, agency = walk.consortium.hub, walk.consortium.agencies[0]
    origin = walk.consortium.members[0]
    with hub.reading() as work:
        approved = work.session.get_one(ClaimRow, claimed.id)
    envelope = relays.sealed(agency, approved)
    signed = origin.sign(hub, relays.release_fact(approved, envelope))
    with hub.work() as work:
        row = releases.accept(work, origin.actor, signed, approved.id, envelope)
    return relays.receive(hub, agency, row.id).claim


def own_pages(walk: Walk) -> None:
    """Let candidates change, stop, take along, be erased."""
    origin = walk.consortium.members[0]
    many = [walk.invitation(referrals.new_token()) for _ in range(MANY)]
    walk.post(origin, "/v1/member/invitations", {"invitations": many})
    person = walk.consents()
    page = forms.form_to(person.page(), "/settings")
    forms.send(person.http, page, groups=["skills"]).raise_for_status()
    kept_away = forms.form_to(person.page(), "/companies")
    forms.send(person.http, kept_away, companies="架空商事").raise_for_status()
    person.take_along()
    person.withdraw()
    stopped = walk.consents()
    form = forms.form_to(stopped.open(), "/stop")
    forms.send(stopped.http, form, sure="yes").raise_for_status()
    for told in walk.caller(origin).get("/v1/tellings").json()["items"]:
        walk.post(origin, f"/v1/tellings/{told['number']}/acknowledgement")


def months_later(walk: Walk) -> None:
    """Let consents run out and be renewed, and a month be settled and audited."""
    hub, auditor = walk.consortium.hub, walk.consortium.auditor
    person = walk.consents()
    relays.wait(hub, days=200)
    renewing = forms.form_to(person.page(), "/renew")
    forms.send(person.http, renewing).raise_for_status()
    books.settle(hub)
    with hub.reading() as work:
        newest = point_rows.newest_run(work.session)
    assert newest is not None
    refs = {"settled": str(newest.attestation_id)}
    body: dict[str, Value] = {"period": newest.period, "verdict": "sound"}
    walk.act(auditor, "/v1/auditor/audits", Fact(kind="period.audited", refs=refs, body=body))
