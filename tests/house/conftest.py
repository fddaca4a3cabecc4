"""Where the rules of the house are checked: this checkout."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def checkout() -> Path:
    """Return the folder that everything lives in."""
    return Path(__file__).resolve().parents[2]
