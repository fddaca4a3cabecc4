"""A small scheme through the real services: the office, and organizations that hold real keys."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.config import Settings
from exchange.domain.organizations import Actor
from exchange.hub import Hub, open_hub
from exchange.services import ledger, organizations, scheme
from exchange.services.ledger import Fact
from exchange.services.organizations import Application
from exchange.services.scheme import Opening
from exchange.store import transaction
from exchange.vault import keyring
from relay_protocol import jwk
from relay_protocol.attestation import SignedAttestation, sign_jws
from relay_protocol.rules import DEMO

URL = "http://localhost:8400"
OFFICE = "office"
# 法人番号 of nobody: the digits are a counter, the first is the check digit of the others.
LICENCES = {"sakura": "13-ユ-000001", "hayabusa": "27-ユ-000002"}


def corporate_number(counter: int) -> str:
    """Return a made-up 法人番号 whose check digit is right (National Tax Agency's rule)."""
    digits = f"{counter:012d}"
    weighted = sum(
        int(digit) * (1 if place % 2 == 0 else 2) for place, digit in enumerate(reversed(digits))
    )
    return f"{9 - weighted % 9}{digits}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Organization:
    """An organization in a test, with the private keys that a real one keeps to itself."""

    slug: str
    role: str
    number: str
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    sealing: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def kid(self) -> str:
        """The name of its signing key."""
        return jwk.kid_of(self.signing.public_key())

    @property
    def actor(self) -> Actor:
        """The organization as one who asks."""
        return Actor(kind="organization", slug=self.slug, role=self.role)

    def application(self) -> Application:
        """Its public key file, as `relay keys new` would write it."""
        return Application(
            slug=self.slug,
            role=self.role,
            name=f"株式会社{self.slug}",
            name_en=f"{self.slug} Inc.",
            corporate_number=self.number,
            group=self.number,
            licence=LICENCES.get(self.slug, "40-ユ-000003") if self.role == "agency" else "",
            licence_until="2031-03-31" if self.role == "agency" else "",
            contact=f"saiyo@{self.slug}.example.jp",
            keys=({"purpose": "sign", "jwk": jwk.from_key(self.signing.public_key())},),
        )

    def sign(self, hub: Hub, fact: Fact) -> SignedAttestation:
        """Its own attestation of a fact, of this moment."""
        with hub.reading() as work:
            return sign_jws(ledger.new_attestation(work, fact, by=self.slug), self.signing)


def open_demo(
    database_url: str, folder: Path, *, rules_from: date = date(2026, 1, 1), url: str = URL
) -> Hub:
    """Open a demo scheme in a migrated database, with rules and a notice in force.

    Args:
        folder: where keys and the published checkpoint go.
    """
    settings = Settings(
        database_url=database_url,
        keys=folder / "keys",
        state=folder / "var",
        url=url,
        clock=folder / "clock",
    )
    engine = transaction.connect(database_url)
    opening = Opening(
        name="リレー協議会",
        name_en="Relay Consortium",
        web_origin=url,
        operator=OFFICE,
        operator_number=corporate_number(1),
        contact="office@example.jp",
        demo=True,
    )
    ring = keyring.create(settings.keys)
    with transaction.writing(transaction.sessions_of(engine)) as session:
        work = scheme.open_scheme(session, ring, opening, datetime.now(UTC))
        scheme.adopt_rules(work, DEMO, rules_from)
        scheme.adopt_notice(work, "2026-12-A", ja="お知らせ", en="Notice")
    engine.dispose()
    return open_hub(settings)


def admit(hub: Hub, organization: Organization, *, cosigner: Organization | None = None) -> None:
    """Admit an organization; every one but the first needs a cosigner to become active."""
    with hub.work() as work:
        row = organizations.admit(work, organization.application())
    if cosigner is not None:
        fact = Fact(
            kind="org.cosigned",
            refs={"admission": row.admission_id},
            body={"fingerprint": organization.kid},
        )
        with hub.work() as work:
            organizations.cosign(work, cosigner.actor, cosigner.sign(hub, fact))


def register_sealing_key(hub: Hub, organization: Organization) -> None:
    """Register an agency's sealing key, or an auditor's key for reveals, under its signing key."""
    fact = Fact(
        kind="key.registered",
        body={
            "purpose": "reveal" if organization.role == "auditor" else "seal",
            "key": dict(jwk.from_key(organization.sealing.public_key())),
            "person": "",
            "credential": "",
        },
    )
    with hub.work() as work:
        organizations.register_key(work, organization.actor, organization.sign(hub, fact))


@dataclass(frozen=True, slots=True, kw_only=True)
class Consortium:
    """One auditor, three members and two agencies, all active, with their keys registered."""

    hub: Hub
    auditor: Organization
    members: tuple[Organization, ...]
    agencies: tuple[Organization, ...]


def consortium(database_url: str, folder: Path, *, url: str = URL) -> Consortium:
    """Open a demo scheme and admit everyone of the issue's story."""
    hub = open_demo(database_url, folder, url=url)
    auditor = Organization(slug="kansa", role="auditor", number=corporate_number(2))
    members = tuple(
        Organization(slug=slug, role="member", number=corporate_number(number))
        for number, slug in enumerate(("mirai", "aozora", "kaname"), start=3)
    )
    agencies = tuple(
        Organization(slug=slug, role="agency", number=corporate_number(number))
        for number, slug in enumerate(("sakura", "hayabusa"), start=6)
    )
    admit(hub, auditor)
    for organization in (*members, *agencies):
        admit(hub, organization, cosigner=auditor)
    for organization in (auditor, *agencies):
        register_sealing_key(hub, organization)
    hub.sequence()
    return Consortium(hub=hub, auditor=auditor, members=members, agencies=agencies)


def copy_of(founded: Consortium, copy: Callable[[str], str], folder: Path) -> Consortium:
    """Return the same scheme in a database and a folder of its own.

    Args:
        founded: a scheme whose hub is closed.
        copy: makes a copy of the database at a URL, and returns its URL.
    """
    return replace(founded, hub=open_hub(settings_of_copy(founded, copy, folder)))


def settings_of_copy(founded: Consortium, copy: Callable[[str], str], folder: Path) -> Settings:
    """Return the settings of a copy of a scheme, made just now, whose hub is not opened yet."""
    settings = founded.hub.settings
    shutil.copytree(settings.keys, folder / "keys")
    shutil.copytree(settings.state, folder / "var")
    return replace(
        settings,
        database_url=copy(settings.database_url),
        keys=folder / "keys",
        state=folder / "var",
        clock=folder / "clock",
    )
