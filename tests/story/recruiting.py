"""A recruiter's ways through the portal: forms filled in, acts signed."""

from datetime import timedelta

import httpx

from exchange.hub import Hub
from tests.story import relays
from tests.story.forms import form_to, send
from tests.story.portal import PortalPerson


def filled_in(hub: Hub, **typed: str | list[str]) -> dict[str, str | list[str]]:
    """Return what somebody types into the form of a vacancy."""
    return {
        "title": "バックエンドエンジニア",
        "job_kind": "mid-career",
        "required_skills": "Python、PostgreSQL",
        "prefectures": ["13", "14"],
        "salary_min_yen": "600",
        "salary_max_yen": "800",
        "occupation": "software",
        "open_until": (relays.today(hub) + timedelta(days=30)).isoformat(),
        **typed,
    }


def describe(hub: Hub, recruiter: PortalPerson, **typed: str | list[str]) -> httpx.Response:
    """Describe a vacancy in the form, and go where it leads."""
    page = recruiter.http.get("/portal/vacancies/new")
    form = form_to(page.text, "/portal/vacancies/new")
    content = form.filled(**filled_in(hub, **typed))
    return recruiter.http.post(form.action, data=content, follow_redirects=True)


def claim(hub: Hub, recruiter: PortalPerson) -> httpx.Response:
    """Describe a vacancy, follow its one match, and sign the claim."""
    asked = ask(hub, recruiter, "お話ししたいです。")
    return recruiter.answer_passkey(asked.raise_for_status().text)


def ask(hub: Hub, recruiter: PortalPerson, message: str) -> httpx.Response:
    """Describe a vacancy, and send the form that claims its first match."""
    matches = describe(hub, recruiter)
    address = matches.text.partition('data-enter href="')[2].partition('"')[0]
    form = form_to(recruiter.http.get(address).text, address)
    return send(recruiter.http, form, message=message)
