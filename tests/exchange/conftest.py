"""A scheme for every test that asks for one, on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.hub import Hub
from tests.story import scheme
from tests.story.scheme import Consortium


@pytest.fixture
def consortium(database_url: str, tmp_path: Path) -> Iterator[Consortium]:
    """Yield a demo scheme with one auditor, three members and two agencies, all active."""
    opened = scheme.consortium(database_url, tmp_path)
    yield opened
    opened.hub.close()


@pytest.fixture
def hub(consortium: Consortium) -> Hub:
    """Return the hub of the demo scheme."""
    return consortium.hub


@pytest.fixture
def empty_hub(database_url: str, tmp_path: Path) -> Iterator[Hub]:
    """Yield the hub of a scheme that nobody but its office belongs to."""
    opened = scheme.open_demo(database_url, tmp_path)
    yield opened
    opened.close()
