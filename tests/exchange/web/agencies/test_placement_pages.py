"""A recruiter introduces, reports hires, and reads what is owed."""

from exchange.hub import Hub
from exchange.store import hires as hire_rows
from tests.story import relays, scheme
from tests.story.forms import form_to, send
from tests.story.portal import PortalPerson
from tests.story.scheme import Consortium, Organization

ELSEWHERE = scheme.corporate_number(700)
"""A company that is no member."""


def test_given_a_reached_candidate_then_introduction_stage_and_hire_are_recorded(
    hub: Hub, consortium: Consortium, agency: Organization, recruiter: PortalPerson
) -> None:
    candidate = relays.enlist(hub, consortium.members[0])
    claim = relays.reach(hub, candidate, agency)
    assert "Introduce" in recruiter.http.get("/portal/claims").text
    address = f"/portal/claims/{claim.id}/introduce"
    form = form_to(recruiter.http.get(address).text, address)
    asked = send(recruiter.http, form, hirer=ELSEWHERE)
    listing = recruiter.answer_passkey(asked.text)
    assert ELSEWHERE in listing.text
    with hub.reading() as work:
        (row,) = hire_rows.introductions_of(work.session, agency.slug)

    stage = form_to(listing.text, f"/portal/introductions/{row.id}/stage")
    send(recruiter.http, stage, stage="interview")
    assert "Interview" in recruiter.http.get("/portal/introductions").text

    report = f"/portal/introductions/{row.id}/report"
    for event, words in (("offer-accepted", "Offer accepted"), ("started", "not confirmed yet")):
        form = form_to(recruiter.http.get(report).text, report)
        asked = send(recruiter.http, form, event=event)
        assert words in recruiter.answer_passkey(asked.text).text
    with hub.reading() as work:
        hire = hire_rows.hire_of_introduction(work.session, row.id)
    assert hire is not None
    assert (hire.state, hire.confirmed_by) == ("started", None)


def test_given_steps_that_cannot_be_taken_then_the_forms_say_why(
    hub: Hub, consortium: Consortium, agency: Organization, recruiter: PortalPerson
) -> None:
    candidate = relays.enlist(hub, consortium.members[0], companies=(ELSEWHERE,))
    claim = relays.reach(hub, candidate, agency)
    address = f"/portal/claims/{claim.id}/introduce"
    form = form_to(recruiter.http.get(address).text, address)
    for typed, words in (
        ({"hirer": "123"}, "no 法人番号"),
        ({"hirer": ELSEWHERE}, "does not wish"),
        ({"hirer": consortium.members[1].number, "on": "soon"}, "YYYY-MM-DD"),
        ({"hirer": consortium.members[1].number, "on": "2020-01-01"}, "between"),
    ):
        page = send(recruiter.http, form, **typed)
        assert page.status_code == 422
        assert words in page.text
    introduced = relays.introduce(hub, agency, claim, consortium.members[1].number)
    report = f"/portal/introductions/{introduced.id}/report"
    form = form_to(recruiter.http.get(report).text, report)
    page = send(recruiter.http, form, event="started")
    assert (page.status_code, "No offer has been accepted" in page.text) == (422, True)


def test_given_no_settled_month_then_the_dues_say_so(recruiter: PortalPerson) -> None:
    assert "No month has been settled yet" in recruiter.http.get("/portal/dues").text
