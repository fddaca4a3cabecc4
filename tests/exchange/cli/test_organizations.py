"""Admitting organizations at the terminal."""

import json
import re
from dataclasses import asdict
from pathlib import Path

import pytest

from tests.exchange.cli.conftest import Type, said
from tests.story.scheme import Organization, corporate_number


def key_file(folder: Path, organization: Organization, **changes: object) -> Path:
    """Write an organization's public key file."""
    file = folder / f"{organization.slug}.public.json"
    document = asdict(organization.application()) | changes
    file.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return file


@pytest.fixture
def auditor() -> Organization:
    return Organization(slug="kansa", role="auditor", number=corporate_number(2))


@pytest.fixture
def member() -> Organization:
    return Organization(slug="mirai", role="member", number=corporate_number(3))


def test_admitting_prints_the_fingerprint_to_compare(
    scheme: Type, tmp_path: Path, auditor: Organization
) -> None:
    admitted = said(scheme("admit", key_file(tmp_path, auditor), "--json"))
    assert isinstance(admitted, dict)
    assert admitted["state"] == "active"
    assert admitted["fingerprint"] == auditor.kid


def test_the_second_one_waits_and_the_command_says_for_what(
    scheme: Type, tmp_path: Path, auditor: Organization, member: Organization
) -> None:
    scheme("admit", key_file(tmp_path, auditor))
    admitted = scheme("admit", key_file(tmp_path, member))
    assert admitted.exit_code == 0
    assert "relay cosign mirai" in admitted.output


def test_a_file_without_a_field_is_refused_by_its_name(
    scheme: Type, tmp_path: Path, auditor: Organization
) -> None:
    refused = scheme("admit", key_file(tmp_path, auditor, name=None))
    assert refused.exit_code == 1
    assert "name" in refused.stderr
    assert "relay keys new" in refused.stderr


def test_organizations_are_listed_with_role_state_and_fingerprint(
    scheme: Type, tmp_path: Path, auditor: Organization
) -> None:
    scheme("admit", key_file(tmp_path, auditor))
    listed = said(scheme("organizations", "--json"))
    assert isinstance(listed, list)
    assert [(one["slug"], one["role"], one["state"]) for one in listed] == [
        ("kansa", "auditor", "active"),
        ("office", "operator", "active"),
    ]
    assert auditor.kid in scheme("organizations").output


def test_a_suspended_organization_is_listed_so(
    scheme: Type, tmp_path: Path, auditor: Organization
) -> None:
    scheme("admit", key_file(tmp_path, auditor))
    assert scheme("suspend", "kansa", "--reason", "left").exit_code == 0
    assert "suspended" in scheme("organizations").output


def test_the_help_names_the_reasons_that_are_taken(
    scheme: Type, tmp_path: Path, auditor: Organization
) -> None:
    scheme("admit", key_file(tmp_path, auditor))
    told = " ".join(scheme("suspend", "--help").output.split())
    named = re.findall(r"[a-z-]+", told.partition("One of ")[2].partition(".")[0])
    assert named == ["licence-expired", "rules-broken", "key-lost", "left"]
    taught = told.partition("exchange suspend hayabusa --reason ")[2].split()[0]
    assert scheme("suspend", "kansa", "--reason", taught).exit_code == 0


@pytest.mark.parametrize(("slug", "reason"), [("nobody", "left"), ("kansa", "no such reason")])
def test_a_suspension_without_its_organization_or_a_known_reason_is_refused(
    scheme: Type, tmp_path: Path, auditor: Organization, slug: str, reason: str
) -> None:
    scheme("admit", key_file(tmp_path, auditor))
    refused = scheme("suspend", slug, "--reason", reason)
    assert refused.exit_code == 1
    assert refused.stderr.startswith("Refused.")
