"""A recruiter in the portal, with a browser, a passkey device and forms as they stand there."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tests.story.authenticator import Authenticator
from tests.story.forms import form_to, send
from tests.story.portal import PortalPerson
from tests.story.stage import DemoError, Stage


@dataclass(kw_only=True)
class Recruiter:
    """Somebody of an agency who is signed in, and signs every act with their passkey."""

    person: PortalPerson

    def describe(self, **typed: str | list[str]) -> str:
        """Describe a vacancy and return its id."""
        page = self._read("/portal/vacancies/new")
        answer = send(self.person.http, form_to(page, "/vacancies/new"), "", **typed)
        return _found(r"(vac_[0-9a-z]{26})", str(_followed(self.person.http, answer).url))

    def matches(self, vacancy: str) -> list[str]:
        """Return the profiles that may be claimed for a vacancy, best first."""
        page = self._read(f"/portal/vacancies/{vacancy}")
        return re.findall(rf"/portal/vacancies/{vacancy}/claim/(CR-[0-9A-Z-]+)", page)

    def claim(self, vacancy: str, pairwise: str, message: str) -> None:
        """Claim one profile, and sign it."""
        self._act(f"/portal/vacancies/{vacancy}/claim/{pairwise}", message=message)

    def introduce(self, claim: str, hirer: str) -> str:
        """Introduce the candidate of a claim to a company, sign it, and return its id."""
        before = set(self._introductions())
        self._act(f"/portal/claims/{claim}/introduce", hirer=hirer)
        (made,) = set(self._introductions()) - before
        return made

    def advance(self, introduction: str, stage: str) -> None:
        """Record that an introduction reached a stage."""
        page = self._read("/portal/introductions")
        form = form_to(page, f"/introductions/{introduction}/stage")
        _followed(self.person.http, send(self.person.http, form, stage=stage))

    def report(self, introduction: str, event: str, on: str) -> None:
        """Report what came of an introduction, and sign it."""
        self._act(f"/portal/introductions/{introduction}/report", event=event, on=on)

    def _introductions(self) -> list[str]:
        return re.findall(
            r"/portal/introductions/(int_[0-9a-z]{26})/report", self._read("/portal/introductions")
        )

    def _act(self, path: str, **typed: str) -> None:
        """Fill in a form, and sign what the next page shows."""
        prepared = send(self.person.http, form_to(self._read(path), path), **typed)
        _followed(self.person.http, prepared)
        _followed(self.person.http, self.person.answer_passkey(prepared.text))

    def _read(self, path: str) -> str:
        return _followed(self.person.http, self.person.http.get(path)).text


def enrol(stage: Stage, slug: str, name: str) -> Recruiter:
    """Invite a person, let them enrol a passkey, confirm it with the agency's key, sign in."""
    invited = stage.relay(slug, "people", "invite", name)
    person = PortalPerson(
        http=httpx.Client(base_url=stage.url, headers={"Accept-Language": "en"}, timeout=30),
        device=Authenticator(origin=stage.url),
    )
    enrolled = person.enrol(urlsplit(str(invited["enrolment_url"])).path).text
    told = _found(r">([0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4})<", enrolled)
    stage.relay(slug, "people", "confirm", str(invited["id"]), "--check", told)
    person.sign_in()
    return Recruiter(person=person)


def _followed(http: httpx.Client, answer: httpx.Response) -> httpx.Response:
    """Return the page that an answer leads to, when it went well."""
    while answer.is_redirect:
        answer = http.get(answer.headers["Location"])
    if not answer.is_success:
        text = re.sub(r"<[^>]+>|\s+", " ", answer.text)
        place = f"{answer.request.method} {answer.request.url.path}"
        message = f"{place}: {answer.status_code} {text[-600:]}"
        raise DemoError(message)
    return answer


def _found(pattern: str, text: str) -> str:
    """Return what a pattern finds."""
    found = re.search(pattern, text)
    if found is None:
        raise DemoError(f"nothing like {pattern} in {text}")
    return found[1]
