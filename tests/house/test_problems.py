"""Every refusal stands in the one table of problems, and is described to readers."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.domain.errors import ExchangeError
from exchange.web.http.problems import PROBLEMS


def refusals(root: type[ExchangeError] = ExchangeError) -> Iterator[type[ExchangeError]]:
    for kind in root.__subclasses__():
        yield kind
        yield from refusals(kind)


REFUSALS = sorted(set(refusals()), key=lambda kind: kind.__name__)


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda refusal: refusal.__name__)
def test_each_refusal_stands_in_the_table(refusal: type[ExchangeError]) -> None:
    status, slug = PROBLEMS[refusal]
    assert status in range(400, 600)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", slug)


def test_the_table_holds_refusals_of_the_exchange_only() -> None:
    assert all(issubclass(kind, ExchangeError) for kind in PROBLEMS)


@pytest.mark.parametrize("slug", sorted({slug for _, slug in PROBLEMS.values()}))
def test_each_problem_is_described_to_readers(checkout: Path, slug: str) -> None:
    assert f"`{slug}`" in (checkout / "docs/problems.md").read_text(encoding="utf-8")
