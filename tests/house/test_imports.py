"""The protocol needs the standard library and cryptography, and nothing else."""

import sys

import grimp
import pytest


def outsiders(package: str) -> set[str]:
    graph = grimp.build_graph(package, include_external_packages=True, cache_dir=None)
    outside = {name for name in graph.modules if graph.is_module_squashed(name)}
    return outside - set(sys.stdlib_module_names)


def test_the_protocol_imports_cryptography_alone() -> None:
    assert outsiders("relay_protocol") <= {"cryptography"}


def test_the_graph_would_show_another_library() -> None:
    assert "pluggy" in outsiders("pytest") | outsiders("_pytest")


@pytest.mark.parametrize("package", ["relay_protocol", "career_relay"])
def test_no_client_imports_the_exchange(package: str) -> None:
    assert "exchange" not in outsiders(package)


def test_the_exchange_imports_no_client() -> None:
    assert "career_relay" not in outsiders("exchange")
