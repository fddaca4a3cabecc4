"""What stands around the tests: the same wherever they run, and in whatever language."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

OF_WHO_RUNS_THEM = ("LANGUAGE", "LC_", "FORCE_COLOR", "DATABASE_URL", "EXCHANGE_")
"""How settings begin that are for whoever runs the tests, and for a hub of their own."""


@contextmanager
def plain_surroundings() -> Iterator[None]:
    """Hide the language, the colours and the hub of whoever runs the tests, until the end."""
    with pytest.MonkeyPatch.context() as environment:
        for name in list(os.environ):
            if name.startswith(OF_WHO_RUNS_THEM):
                environment.delenv(name)
        environment.setenv("LANG", "C.UTF-8")
        yield
