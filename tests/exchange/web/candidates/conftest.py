"""Candidates with their links, and a server that a browser can reach."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from werkzeug.serving import make_server

from exchange.hub import Hub
from tests.story import referrals
from tests.story.referrals import Candidate, Invited
from tests.story.scheme import Consortium


@pytest.fixture
def invited(consortium: Consortium) -> Invited:
    """Return somebody with an invitation of the first member."""
    return referrals.invite(consortium.hub, consortium.members[0])


@pytest.fixture
def person(consortium: Consortium) -> Candidate:
    """Return somebody who has consented to the usual groups, and to be shown by exception."""
    return referrals.consent(
        consortium.hub,
        consortium.members[0],
        groups=(*referrals.GROUPS, "languages", "summary"),
        modules=["exception"],
    )


@pytest.fixture
def served(app: Flask, hub: Hub) -> Iterator[str]:
    """Serve the application on a free port; yield its address."""
    server = make_server("localhost", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()
