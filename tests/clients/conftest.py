"""Clients of a demo scheme with a real app: the folder of each organization, and its people."""

import json
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask

from career_relay.application import Application, Career, Kind, Person, Rating, Selection
from career_relay.assets import referrals
from career_relay.assets.referrals import Referral
from career_relay.assets.store import open_store
from exchange.app import create_app
from exchange.hub import Hub
from exchange.services import candidate_links, consents, organizations
from exchange.services.organizations import Application as PublicKeys
from hatch_build import compile_catalogues
from relay_protocol.codes import GROUPS
from tests.story import clients, relays, scheme
from tests.story.clients import Client, Wire, the_one
from tests.story.relays import BACKEND, ENGINEER, Candidate
from tests.story.scheme import Consortium, Organization, corporate_number

NEWCOMER = "kita"
CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.fixture
def consortium(fresh_sqlite: Callable[[], str], tmp_path: Path) -> Iterator[Consortium]:
    """Yield a demo scheme with one auditor, three members and two agencies, all active.

    A client sees of the hub what the API tells: one database is enough here.
    """
    opened = scheme.consortium(fresh_sqlite(), tmp_path)
    yield opened
    opened.hub.close()


@pytest.fixture
def hub(consortium: Consortium) -> Hub:
    """Return the hub of the demo scheme."""
    return consortium.hub


@pytest.fixture(scope="session")
def translated() -> None:
    """Compile the words of the pages."""
    for _ in compile_catalogues(CHECKOUT, "exchange/web/translations/*/LC_MESSAGES/*.po"):
        pass


@pytest.fixture
def app(hub: Hub, translated: None) -> Flask:
    """Return the real application of the hub."""
    return create_app(hub)


@pytest.fixture
def client_of(hub: Hub, app: Flask, tmp_path: Path) -> Callable[[Organization], Client]:
    """Return what makes the client of an organization of the scheme."""

    def make(organization: Organization) -> Client:
        return clients.client_of(hub, app, organization, tmp_path / organization.slug)

    return make


@pytest.fixture
def mirai(consortium: Consortium, client_of: Callable[[Organization], Client]) -> Client:
    """Return the client of the first member."""
    return client_of(consortium.members[0])


@pytest.fixture
def sakura(consortium: Consortium, client_of: Callable[[Organization], Client]) -> Client:
    """Return the client of the first agency."""
    return client_of(consortium.agencies[0])


@pytest.fixture
def person(hub: Hub) -> Callable[..., Application]:
    """Return a maker of people whom a member has rejected lately, each with a name of their own."""
    ended_at = hub.clock.now().replace(microsecond=0) - timedelta(days=10)

    def make(number: int, *, kind: Kind = "mid-career", summary: str = "") -> Application:
        return Application(
            key=f"sheet:{number}",
            kind=kind,
            locale="ja" if number % 2 else "en",
            person=Person(
                name=f"夢原 空太{number}",
                kana=f"ユメハラ ソラタ{number}",
                email=f"yumehara{number}@example.jp",
                phone=f"090-0000-{number:04}",
                age=33,
                employers=(f"株式会社架空電機{number}",),
            ),
            career=Career(
                occupation="software",
                experience_years=9,
                skills=("Python", "SQL"),
                desired_salary_yen=7_000_000,
                prefecture="13",
                summary=summary or "受発注システムの設計から運用までを担当しました。",
            ),
            selection=Selection(
                outcome="rejected",
                position="システムエンジニア",
                channel="job-board",
                stage="second-interview",
                ratings=(Rating(interview="一次面接", mark=3),),
                applied_at=ended_at - timedelta(days=20),
                ended_at=ended_at,
            ),
        )

    return make


Answer = Callable[..., Candidate]


@pytest.fixture
def says_yes(hub: Hub, consortium: Consortium) -> Answer:
    """Return what lets somebody answer the first member's letter with yes, as pages do it."""

    def give(
        referral: Referral,
        groups: Collection[str] = GROUPS,
        modules: Collection[str] = ("exception",),
    ) -> Candidate:
        with hub.work() as work:
            nonce = candidate_links.new_nonce()
            answer = consents.Answer(
                notice="2026-12-A",
                groups=groups,
                modules=modules,
                adult=True,
                companies=(),
                origin_group_sees=False,
                locale="ja",
                nonce=nonce,
            )
            token = consents.give(work, referral.token, answer)
            actor = candidate_links.candidate_of(work, token)
        hub.sequence()
        return Candidate(
            token=token, referral=referral.referral, origin=consortium.members[0], actor=actor
        )

    return give


@pytest.fixture
def invited(mirai: Client, person: Callable[..., Application]) -> Callable[..., Referral]:
    """Return what puts somebody into the first member's store, and invites them."""

    def make(number: int, **changed: object) -> Referral:
        mirai.keep(person(number, **changed))
        mirai.json("invite", "--yes")
        with open_store(mirai.config.store) as store, store.reading() as connection:
            found = referrals.of_application(connection, f"sheet:{number}")
        assert found is not None
        return found

    return make


@pytest.fixture
def through_agency() -> Callable[[Application], Application]:
    """Return what makes an application one that came through an agency."""

    def changed(application: Application) -> Application:
        return replace(application, selection=replace(application.selection, channel="agency"))

    return changed


@pytest.fixture
def approved(
    hub: Hub,
    consortium: Consortium,
    mirai: Client,
    invited: Callable[..., Referral],
    says_yes: Answer,
) -> Candidate:
    """Return somebody whose profile was claimed by the first agency, and who has approved."""
    candidate = says_yes(invited(1))
    mirai.json("sync")
    relays.fill_in(hub, candidate, ENGINEER)
    made = relays.claim(hub, consortium.agencies[0])
    relays.approve(hub, candidate, made.id)
    hub.sequence()
    return candidate


@pytest.fixture
def listed(
    hub: Hub, mirai: Client, invited: Callable[..., Referral], says_yes: Answer
) -> Candidate:
    """Return somebody who came through the first member's letter, and is listed."""
    candidate = says_yes(invited(1))
    mirai.json("sync")
    relays.fill_in(hub, candidate, ENGINEER)
    return candidate


@pytest.fixture
def vacancy(hub: Hub, sakura: Client) -> str:
    """Return the id of a job that the agency has described."""
    file = sakura.folder / "vacancy.json"
    document = {**BACKEND, "open_until": date(2099, 12, 31).isoformat()}
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return str(the_one(sakura.json("agency", "vacancies", "--add", str(file)), "vacancies")["id"])


@pytest.fixture
def claimed(sakura: Client, listed: Candidate, vacancy: str) -> str:
    """Return the id of a claim that the agency has made on the one who is listed."""
    match = the_one(sakura.json("agency", "matches", vacancy), "matches")
    made = sakura.json(
        "agency",
        "claim",
        str(match["pairwise"]),
        "--vacancy",
        vacancy,
        "--message",
        "ご経験を拝見し、この求人についてお話ししたいです。",
    )
    assert listed.referral not in json.dumps(made)
    return str(the_one(made, "claims")["id"])


@pytest.fixture
def envelope(hub: Hub, mirai: Client, listed: Candidate, claimed: str) -> str:
    """Return the id of the envelope that the origin has sent after the approval."""
    relays.approve(hub, listed, claimed)
    hub.sequence()
    released = the_one(mirai.json("sync"), "released")
    hub.sequence()
    return str(released["envelope"])


@pytest.fixture
def newcomer(hub: Hub, app: Flask, tmp_path: Path) -> Client:
    """Return the client of an agency that has drawn its keys, and that the office has admitted."""
    folder = tmp_path / NEWCOMER
    folder.mkdir()
    client = Client(folder=folder, wire=Wire(app))
    client.json(
        *("keys", "new", "--slug", NEWCOMER, "--role", "agency"),
        *("--name", "北キャリア", "--name-en", "Kita Career", "--hub", hub.scheme.web_origin),
        *("--corporate-number", corporate_number(50)),
        *("--licence", "01-ユ-000009", "--licence-until", "2031-03-31"),
    )
    document = json.loads((folder / f"{NEWCOMER}.public.json").read_text(encoding="utf-8"))
    with hub.work() as work:
        organizations.admit(work, PublicKeys.from_document(document))
    hub.sequence()
    return client
