"""An agency's system describes vacancies and reads what matches them, over HTTP."""

from collections.abc import Callable

from exchange.hub import Hub
from relay_protocol.encoding import b64url_encode
from tests.story import relays
from tests.story.api import Caller
from tests.story.scheme import Consortium, Organization

ClientOf = Callable[[Organization], Caller]

LEAST = {"title": "事務", "job_kind": "mid-career", "open_until": "2999-12-31"}


def test_given_the_least_that_is_needed_then_the_vacancy_is_kept_with_its_digest(
    consortium: Consortium, client_of: ClientOf
) -> None:
    caller = client_of(consortium.agencies[0])
    answer = caller.post("/v1/agency/vacancies", LEAST)
    assert answer.status_code == 201
    kept = answer.json()
    assert kept["title"] == "事務"
    assert kept["required_skills"] == []
    assert kept["salary_max_yen"] == 0
    (listed,) = caller.get("/v1/agency/vacancies").json()["items"]
    assert listed == kept
    described = relays.describe(consortium.hub, consortium.agencies[0], **LEAST)
    assert b64url_encode(described.row.digest) != kept["digest"]


def test_given_values_outside_their_form_then_the_problem_names_them(
    consortium: Consortium, client_of: ClientOf
) -> None:
    caller = client_of(consortium.agencies[0])
    for change, field in (
        ({"experience_years_min": 2.5e-42}, "experience_years_min"),
        ({"title": ""}, "title"),
        ({"nationality": "JP"}, "nationality"),
        ({"hirer": "1234567890123"}, "hirer"),
        ({"open_until": "2020-01-01"}, "open_until"),
        ({"prefectures": ["99"]}, "prefectures/0"),
        ({"description": "090-0000-1234"}, "description"),
    ):
        answer = caller.post("/v1/agency/vacancies", {**LEAST, **change})
        assert (answer.status_code, answer.json()["field"]) == (422, field)
    assert caller.get("/v1/agency/vacancies").json() == {"items": [], "next": None}


def test_given_pages_then_the_cursor_leads_through_all_vacancies(
    consortium: Consortium, client_of: ClientOf
) -> None:
    caller = client_of(consortium.agencies[0])
    for _ in range(3):
        caller.post("/v1/agency/vacancies", LEAST)
    first = caller.get("/v1/agency/vacancies?limit=2").json()
    second = caller.get(f"/v1/agency/vacancies?limit=2&cursor={first['next']}").json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    other = client_of(consortium.agencies[1])
    foreign = other.get(f"/v1/agency/vacancies?cursor={first['next']}")
    assert (foreign.status_code, foreign.json()["field"]) == (422, "cursor")


def test_given_a_listed_profile_then_the_match_says_why(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    relays.enlist(hub, consortium.members[0])
    caller = client_of(consortium.agencies[0])
    wanted = {"required_skills": ["python"], "occupation": "software"}
    kept = caller.post("/v1/agency/vacancies", {**LEAST, **wanted}).json()
    found = caller.get(f"/v1/agency/vacancies/{kept['id']}/matches").json()
    (match,) = found["items"]
    assert (found["total"], found["complete"], found["next"]) == ("<3", "0", None)
    assert match["standing"] == "free"
    shown = {"wanted": "", "shown": "technology"}
    assert match["reasons"] == [
        # One person's skill is rarer than three, and therefore not shown at all.
        {"criterion": "required", "state": "not-shown", "wanted": "python", "shown": ""},
        {"criterion": "occupation", "state": "met", **shown},
    ]
    assert match["profile"]["occupation_group"] == "technology"
    assert "prefecture" not in match["profile"]


def test_given_pages_of_matches_then_the_cursor_leads_on(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    for member in consortium.members:
        relays.enlist(hub, member)
    caller = client_of(consortium.agencies[0])
    kept = caller.post("/v1/agency/vacancies", LEAST).json()
    path = f"/v1/agency/vacancies/{kept['id']}/matches?limit=2"
    first = caller.get(path).json()
    second = caller.get(f"{path}&cursor={first['next']}").json()
    seen = [match["pairwise"] for match in (*first["items"], *second["items"])]
    assert (len(seen), len(set(seen)), second["next"]) == (3, 3, None)


def test_given_a_neighbours_vacancy_then_its_matches_look_absent(
    hub: Hub, consortium: Consortium, client_of: ClientOf
) -> None:
    offered = relays.describe(hub, consortium.agencies[0])
    caller = client_of(consortium.agencies[1])
    foreign = caller.get(f"/v1/agency/vacancies/{offered.row.id}/matches")
    absent = caller.get(f"/v1/agency/vacancies/vac_{'0' * 26}/matches")
    assert foreign.status_code == absent.status_code == 404
    assert foreign.json() == absent.json()


def test_given_a_member_then_vacancies_are_none_of_its_business(
    consortium: Consortium, client_of: ClientOf
) -> None:
    caller = client_of(consortium.members[0])
    assert caller.get("/v1/agency/vacancies").status_code == 403
    assert caller.post("/v1/agency/vacancies", LEAST).status_code == 403
