"""A candidate at their pages, with a browser that keeps nothing and runs no script."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx

from tests.story.forms import form_to, send
from tests.story.stage import DemoError

ALL_GROUPS = (
    "skills",
    "experience",
    "preferences",
    "location",
    "languages",
    "stage",
    "endorsement",
    "summary",
)


@dataclass(kw_only=True)
class Candidate:
    """One person with the link of an invitation, and later with a page of their own.

    Attributes:
        number: tells one from another in the demo; nothing of it reaches the hub.
        member: slug of the company that sent the letter.
    """

    http: httpx.Client
    invitation: str
    member: str
    number: int
    own: str = ""

    def open(self) -> str:
        """Open the letter's link."""
        return self._read(self.invitation)

    def consent(
        self,
        groups: Sequence[str] = ALL_GROUPS,
        modules: Sequence[str] = (),
        companies: str = "",
    ) -> None:
        """Read on, choose, agree, and keep the own link."""
        page = self._read(f"{self.invitation}/consent")
        answer = self._post(
            page,
            "/consent",
            groups=list(groups),
            modules=list(modules),
            companies=companies,
            adult="yes",
        )
        found = re.search(r'href="(/c/[A-Za-z0-9_-]{43})', answer)
        if found is None:
            raise DemoError("the consent did not lead to a page of the candidate's own")
        self.own = found[1]

    def decline(self) -> str:
        """Say no; nothing happens."""
        return self._read(f"{self.invitation}/no")

    def fill_in(self, **fields: str) -> str:
        """Fill in the short form, what stands in it already left as it is; return the preview."""
        return self._post(self._read(f"{self.own}/form"), "/form", **fields)

    def preview(self) -> str:
        """Look at how agencies would see it."""
        return self._read(f"{self.own}/preview")

    def list_it(self) -> str:
        """Show it to agencies, as the preview shows it."""
        return self._post(self.preview(), "/list")

    def page(self) -> str:
        """Look at the own page."""
        return self._read(self.own)

    def requests(self) -> list[str]:
        """Return the claims that wait for an answer, by id."""
        return re.findall(r'id="yes-(clm_[0-9a-z]{26})"', self.page())

    def approve(self, claim: str) -> str:
        """Accept an agency, with the deliberate tick."""
        return self._post(self.page(), f"/claims/{claim}/approve", **{f"sure-{claim}": "yes"})

    def turn_down(self, claim: str) -> str:
        """Turn an agency down."""
        return self._post(self.page(), f"/claims/{claim}/decline")

    def withdraw(self) -> str:
        """Withdraw: two taps."""
        return self._post(self._read(f"{self.own}/withdraw"), "/withdraw")

    def take_along(self) -> str:
        """Download everything the hub has about them."""
        return self._post(self._read(f"{self.own}/export"), "/export")

    def erase(self) -> str:
        """Have everything erased, with the deliberate tick."""
        return self._post(self._read(f"{self.own}/erase"), "/erase", sure="yes")

    def _read(self, path: str) -> str:
        return _checked(self.http.get(path)).text

    def _post(self, page: str, ending: str, **typed: str | list[str]) -> str:
        return _checked(send(self.http, form_to(page, ending), "", **typed)).text


def path_of(link: str) -> str:
    """Return the path of a link as a letter gives it."""
    return urlsplit(link).path


def _checked(answer: httpx.Response) -> httpx.Response:
    """Return an answer that went well."""
    if not answer.is_success:
        text = re.sub(r"<[^>]+>|\s+", " ", answer.text)
        message = f"{answer.request.method} a candidate's page: {answer.status_code} {text[:400]}"
        raise DemoError(message)
    return answer
