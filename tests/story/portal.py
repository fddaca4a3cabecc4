"""A person of an organization at the portal: enrols, signs in, and signs acts, over HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx

from exchange.hub import Hub
from exchange.services import ledger, passkeys, people
from exchange.services.ledger import Fact
from exchange.store import people as people_rows
from relay_protocol.attestation import sign_jws
from relay_protocol.encoding import b64url_encode
from tests.story.authenticator import Authenticator
from tests.story.forms import Form, forms_in
from tests.story.scheme import Organization


@dataclass(kw_only=True)
class PortalPerson:
    """A person with a browser and a passkey device."""

    http: httpx.Client
    device: Authenticator

    def enrol(self, link: str) -> httpx.Response:
        """Open an enrolment link and register a passkey."""
        return self.answer_passkey(self.http.get(link).text)

    def sign_in(self) -> httpx.Response:
        """Sign in, and go where the portal leads."""
        return self.answer_passkey(self.http.get("/portal/sign-in").text)

    def answer_passkey(self, page: str) -> httpx.Response:
        """Do what the page's script does with its passkey form; return what comes of it."""
        form = next(form for form in forms_in(page) if "data-passkey" in form.attributes)
        options = form.attributes.get("data-options") or self._options(form)
        device = (
            self.device.create if form.attributes["data-passkey"] == "create" else self.device.get
        )
        content = form.filled(answer=device(options))
        return self.http.post(form.action, data=content, follow_redirects=True)

    def _options(self, form: Form) -> str:
        answer = self.http.post(
            form.attributes["data-options-url"],
            headers={"Accept": "application/json", "X-CSRFToken": form.value("csrf_token")},
        )
        answer.raise_for_status()
        return answer.text


def confirm(hub: Hub, organization: Organization, user_id: str) -> None:
    """Confirm a person's passkey with the organization's key, as `relay people confirm` does."""
    with hub.reading() as work:
        row = people_rows.person(work.session, user_id)
        if row is None:
            raise LookupError(user_id)
        fact = Fact(
            kind="key.registered",
            body={
                "purpose": "passkey",
                "key": dict(people.passkey_of(row)),
                "person": user_id,
                "credential": row.credential or "",
            },
        )
        signed = sign_jws(ledger.new_attestation(work, fact, by=row.slug), organization.signing)
    with hub.work() as work:
        people.confirm_person(work, organization.actor, user_id, signed)


def signed_in(
    hub: Hub, organization: Organization, http: httpx.Client, name: str = "佐倉 花子"
) -> PortalPerson:
    """Return a person of an organization who was invited, enrolled, confirmed and signed in."""
    with hub.work() as work:
        invited = people.invite_person(work, organization.actor, name)
        user_id = invited.person.id
    person = PortalPerson(http=http, device=Authenticator(origin=hub.scheme.web_origin))
    person.enrol(f"/portal/enrol/{invited.token}").raise_for_status()
    confirm(hub, organization, user_id)
    person.sign_in().raise_for_status()
    return person


def credential_of(person: PortalPerson) -> str:
    """Return the name of a person's passkey, as the ledger knows it."""
    return b64url_encode(person.device.credentials[-1].id)


def digits(key: Mapping[str, str]) -> str:
    """Return what two people compare of a passkey's key."""
    return passkeys.check_words(key)
