"""The demo's hub left running: a way in for every role, and each of them leads somewhere."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator

import httpx
import pytest

from tests.story import where_to_look
from tests.story.chapters import admission, witnessing
from tests.story.machine import START_S, free_port
from tests.story.stage import CHECKOUT, Stage
from tests.story.teller import Teller

ROLES = ("office", "agency", "member", "auditor")


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """Return a demo that was played to everybody's admission, its witnesses not asked yet."""
    folder = tmp_path_factory.mktemp("demo")
    (folder / "keys").mkdir()
    opened = Stage(
        folder=folder,
        url=f"http://localhost:{free_port()}",
        database_url=f"sqlite:///{folder}/exchange.db",
    )
    opened.clock.write_text("0")
    teller = Teller(file=folder / "story.json")
    admission.open_scheme(opened, teller, opened.today())
    witnessing.appoint(opened, teller)
    with opened.serving():
        admission.admit_everyone(opened, teller)
    pages = {"listed": "/c/page"}
    opened.keep(
        where_to_look.LINKS,
        {"url": opened.url, "database_url": opened.database_url, "pages": pages},
    )
    return opened


@pytest.fixture(scope="module")
def served(stage: Stage) -> Iterator[str]:
    """Yield what `make serve` prints, while its hub runs."""
    serving = subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.story.serve"],
        cwd=CHECKOUT,
        env={**os.environ, "DEMO_FOLDER": str(stage.folder)},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert serving.stdout is not None
    said = ""
    # The last thing it says is how the auditor's person is confirmed.
    while not re.search(r"kansa/relay\.toml people confirm usr_\w+", said):
        line = serving.stdout.readline()
        assert line, f"it ended too early: {said}"
        said += line
    yield said
    serving.send_signal(signal.SIGINT)
    serving.wait(START_S)
    serving.stdout.close()


def test_each_role_gets_a_link_that_enrols_and_a_command_that_confirms(
    stage: Stage, served: str
) -> None:
    links = re.findall(rf"  (\w+)(?: \(.*\))?: ({stage.url}/portal/enrol/\S+)", served)
    assert tuple(role for role, _ in links) == ROLES
    for _, link in links:
        assert httpx.get(link).status_code == 200
    assert len(re.findall(r"people confirm usr_\w+", served)) == len(ROLES)
    assert f"{stage.url}/c/page" in served
    assert f"{stage.url}/portal/sign-in" in served


def test_what_visitors_do_is_cosigned_by_the_witnesses_of_the_demo(
    stage: Stage, served: str
) -> None:
    assert str(stage.policy) in served
    stage.until_witnessed()
