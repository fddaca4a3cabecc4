"""What must never be in the repository: keys, people, and the places of one machine."""

import re
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

# A header alone is no key: programs that read and write keys may name it.
PEM_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/=]{16}")
NOTE_KEY = re.compile(r"PRIVATE\+KEY\+[^\s+]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{16}")

EMAIL = re.compile(r"[A-Za-z0-9._%+-]+@([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,})")
MADE_UP_DOMAIN = re.compile(r"(?:.+\.)?(?:example\.com|example\.jp|example)", re.IGNORECASE)

# Written in parts, so that this file does not hold what it looks for.
PLACES = tuple(
    "".join(parts)
    for parts in (
        ("pypi", ".org"),
        ("python", "hosted.org"),
        ("registry.npm", "js.org"),
        ("--index", "-url"),
        ("--extra-index", "-url"),
        ("--find", "-links"),
        ("/work", "/main"),
        ("/work", "/shared"),
        ("/tmp", "/team"),  # noqa: S108  # a place to find, not a file to open
    )
)


@pytest.fixture(scope="module")
def tracked_texts(checkout: Path) -> dict[str, str]:
    """Return the text of each file that git tracks, or would track if added, by its path."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=checkout,
        capture_output=True,
        check=True,
    )
    names = [name for name in listed.stdout.decode().split("\0") if (checkout / name).is_file()]
    return {name: (checkout / name).read_text(encoding="utf-8", errors="replace") for name in names}


def private_keys(text: str) -> list[str]:
    return PEM_KEY.findall(text) + NOTE_KEY.findall(text)


def real_addresses(text: str) -> list[str]:
    return [
        found.group()
        for found in EMAIL.finditer(text)
        if not MADE_UP_DOMAIN.fullmatch(found.group(1))
    ]


def test_a_private_key_is_recognized() -> None:
    key = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    assert private_keys(key.decode())
    assert private_keys("+".join(["PRIVATE", "KEY", "hub", "0123abcd", "A" * 44]))


def test_the_name_of_a_key_format_is_not_taken_for_a_key() -> None:
    assert not private_keys('if text.startswith("-----BEGIN PRIVATE KEY-----"):')
    assert not private_keys('prefix = "PRIVATE+KEY+"')


def test_no_private_key_is_tracked(tracked_texts: dict[str, str]) -> None:
    assert [name for name, text in tracked_texts.items() if private_keys(text)] == []


@pytest.mark.parametrize("domain", ["example.com", "mail.example.jp", "minato.example"])
def test_an_address_of_a_made_up_domain_passes(domain: str) -> None:
    assert real_addresses(f"saki@{domain}") == []


@pytest.mark.parametrize("domain", ["notexample.com", "example.com.net", "example.net"])
def test_an_address_that_could_be_real_is_found(domain: str) -> None:
    assert real_addresses(f"saki@{domain}") == [f"saki@{domain}"]


def test_no_address_in_the_repository_could_be_real(tracked_texts: dict[str, str]) -> None:
    found = {name: real_addresses(text) for name, text in tracked_texts.items()}
    assert {name: addresses for name, addresses in found.items() if addresses} == {}


def test_no_file_names_a_package_host_or_a_path_of_one_machine(
    tracked_texts: dict[str, str],
) -> None:
    found = {
        name: [place for place in PLACES if place in text] for name, text in tracked_texts.items()
    }
    assert {name: places for name, places in found.items() if places} == {}


def test_git_ignores_whatever_lies_among_the_keys(tracked_texts: dict[str, str]) -> None:
    assert [name for name in tracked_texts if name.startswith("keys/")] == ["keys/README.md"]
