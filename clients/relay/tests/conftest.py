"""What tests begin from: an application, a day, a store; a hub of a few lines on this machine."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from career_relay.application import Application, Career, Person, Rating, Selection
from career_relay.assets.store import AssetStore, open_store
from career_relay.config import RelayConfig, Role
from career_relay.connection import Connection, connect
from career_relay.keys import keep
from career_relay.transport import Patience, Transport
from tests.story.local_hub import LocalHub
from tests.story.shown_ledger import ShownLedger, sealing_key
from tests.story.surroundings import plain_surroundings

VENDOR_SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"


@pytest.fixture(scope="session", autouse=True)
def _surroundings() -> Iterator[None]:
    """Let the tests be the same wherever they run."""
    with plain_surroundings():
        yield


@pytest.fixture
def today() -> date:
    """Return the day in Japan on which the tests happen."""
    return date(2026, 10, 1)


@pytest.fixture
def an_application() -> Application:
    """Return a mid-career applicant, rejected a month ago after the second interview."""
    return Application(
        key="sheet:A-1",
        kind="mid-career",
        locale="ja",
        person=Person(
            name="夢原 空太",
            kana="ユメハラ ソラタ",
            email="yumehara@example.jp",
            phone="090-0000-0001",
            born_on=date(1991, 4, 2),
            age=35,
            employers=("株式会社架空電機",),
        ),
        career=Career(
            occupation="software",
            industry="information",
            experience_years=9,
            skills=("Python", "要件定義"),
            languages=("en:B2",),
            desired_salary_yen=6_000_000,
            available_from="2027-01",
            employment="permanent",
            prefecture="13",
            remote=True,
            summary="業務システムの設計から運用までを担当しました。",
            endorsement="質問への答えが具体的でした。",
        ),
        selection=Selection(
            outcome="rejected",
            position="バックエンドエンジニア",
            channel="job-board",
            stage="second-interview",
            reason="募集人数に達したため",
            comment="面接官二名で実施。",
            ratings=(Rating(interview="一次面接", mark=4), Rating(interview="二次面接", mark=3)),
            applied_at=datetime(2026, 7, 1, 1, 0, tzinfo=UTC),
            ended_at=datetime(2026, 9, 1, 1, 0, tzinfo=UTC),
        ),
    )


@pytest.fixture
def with_person(an_application: Application) -> Callable[..., Application]:
    """Return a maker of the application with other facts about its person."""

    def changed(**facts: object) -> Application:
        return replace(an_application, person=replace(an_application.person, **facts))  # type: ignore[arg-type]

    return changed


@pytest.fixture
def with_career(an_application: Application) -> Callable[..., Application]:
    """Return a maker of the application with another career."""

    def changed(**facts: object) -> Application:
        return replace(an_application, career=replace(an_application.career, **facts))  # type: ignore[arg-type]

    return changed


@pytest.fixture
def with_selection(an_application: Application) -> Callable[..., Application]:
    """Return a maker of the application with another course of its selection."""

    def changed(**facts: object) -> Application:
        return replace(an_application, selection=replace(an_application.selection, **facts))  # type: ignore[arg-type]

    return changed


@pytest.fixture
def store(tmp_path: Path) -> Iterator[AssetStore]:
    """Return an empty asset store."""
    with open_store(tmp_path / "assets.db") as opened:
        yield opened


@pytest.fixture
def local_hub() -> Iterator[LocalHub]:
    """Return a hub on this machine that answers nothing yet."""
    hub = LocalHub()
    yield hub
    hub.close()


@pytest.fixture(scope="session")
def moment() -> datetime:
    """Return the instant at which the online tests happen."""
    return datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def vendor_samples() -> Path:
    """Return the files as other systems publish them, where they stand beside the checkout."""
    if not VENDOR_SAMPLES.is_dir():
        pytest.skip("no vendors' samples beside the checkout")
    return VENDOR_SAMPLES


@pytest.fixture
def shown(local_hub: LocalHub) -> ShownLedger:
    """Return a ledger with one member and one agency, which the hub on this machine shows."""
    ledger = ShownLedger()
    ledger.admit("mirai")
    ledger.admit("sakura", "agency", cosigner="mirai")
    ledger.register("sakura", sealing_key(7))
    ledger.show(local_hub)
    return ledger


@pytest.fixture
def transport(local_hub: LocalHub, moment: datetime) -> Iterator[Transport]:
    """Return a connection to the hub on this machine that does not wait to ask again."""
    patience = Patience(attempts=2, pause=lambda _seconds: None)
    with Transport(local_hub.url, now=lambda: moment, patience=patience) as opened:
        yield opened


@pytest.fixture
def connection_of(
    shown: ShownLedger, local_hub: LocalHub, tmp_path: Path, moment: datetime
) -> Iterator[Callable[[str, Role], Connection]]:
    """Yield what connects an organization of the shown ledger to the hub on this machine."""
    with ExitStack() as open_ones:

        def connected(slug: str, role: Role) -> Connection:
            keep(shown.signing[slug], tmp_path / f"{slug}.pem")
            config = RelayConfig(
                hub=local_hub.url,
                slug=slug,
                role=role,
                store=tmp_path / f"{slug}.db",
                letters=tmp_path / "letters",
                signing_key=tmp_path / f"{slug}.pem",
            )
            opened = open_ones.enter_context(
                connect(config, language="en", patience=Patience(attempts=1))
            )
            # No clock of the machine: the ledger is of a certain moment.
            opened.transport.now = lambda: moment
            return replace(opened, attester=replace(opened.attester, now=lambda: moment))

        yield connected


@pytest.fixture
def mirai(connection_of: Callable[[str, Role], Connection]) -> Connection:
    """Return the connection of the member."""
    return connection_of("mirai", "member")


@pytest.fixture
def sakura(connection_of: Callable[[str, Role], Connection]) -> Connection:
    """Return the connection of the agency."""
    return connection_of("sakura", "agency")
