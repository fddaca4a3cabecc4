"""The hub as every organization meets it: register, admissions, keys, people and own receipts."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from career_relay.attest import Attester
from career_relay.pins import ProofPage
from career_relay.transport import Transport
from relay_protocol import proof_file
from relay_protocol.canonical import Value

RECEIPTS_PER_PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAnswer:
    """One key as the hub lists it; what counts is the ledger."""

    name: str
    purpose: str
    jwk: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganizationAnswer:
    """One organization of the register, as the hub lists it."""

    slug: str
    name: str
    name_en: str
    role: str
    state: str
    licence: str
    keys: tuple[KeyAnswer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionAnswer:
    """An admission, and the fingerprint that a cosigner compares with the organization itself."""

    slug: str
    name: str
    role: str
    admission: str
    fingerprint: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CosignedAnswer:
    """Who was cosigned, and how they stand now."""

    slug: str
    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyStateAnswer:
    """A key that was registered or revoked."""

    name: str
    purpose: str
    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitedPersonAnswer:
    """A person who may enrol a passkey now, by a link that is shown once."""

    id: str
    enrolment_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAnswer:
    """A person of the organization; `check` is what that person reads on their own screen."""

    id: str
    display_name: str
    state: str
    credential: str
    key: dict[str, str] | None
    check: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TellingAnswer:
    """Something that this organization must be told, and acknowledges.

    Attributes:
        number: by which it is acknowledged.
        about: `withdrawn`: stop; `erased`: delete what you hold; `corrected`: look.
        reference: the id by which we know whom it is about.
    """

    number: int
    about: str
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgedAnswer:
    """A telling that was acknowledged."""

    number: int


class Organization:
    """Asks the hub in an organization's name, and signs what that organization does."""

    def __init__(self, transport: Transport, attester: Attester) -> None:
        """Take the connection and the key; both belong to the same organization."""
        self._transport = transport
        self._attester = attester

    def register(self) -> list[OrganizationAnswer]:
        """Return all organizations, as the hub lists them."""
        return list(self._transport.pages("/v1/organizations", OrganizationAnswer))

    def admissions(self) -> list[AdmissionAnswer]:
        """Return the admissions that wait for a cosigner."""
        query = {"state": "pending"}
        return list(self._transport.pages("/v1/admissions", AdmissionAnswer, query))

    def cosign(self, admission: str, fingerprint: str) -> CosignedAnswer:
        """Sign that an organization's fingerprint was compared, and return how it stands now.

        Args:
            admission: id of the attestation that admitted it.
            fingerprint: `kid` of its key, as that organization itself has told it.
        """
        signed = self._attester.sign(
            "org.cosigned", refs={"admission": admission}, body={"fingerprint": fingerprint}
        )
        body = {"attestation": signed.jws}
        return self._transport.write("/v1/cosignatures", body, CosignedAnswer, acts=[signed])

    def register_key(self, purpose: str, key: Mapping[str, str]) -> KeyStateAnswer:
        """Register a further key, signed by the one in use, and return how it stands."""
        signed = self._attester.sign("key.registered", body=_key_body(purpose, key))
        body = {"attestation": signed.jws}
        return self._transport.write("/v1/keys", body, KeyStateAnswer, acts=[signed])

    def revoke_key(self, name: str) -> KeyStateAnswer:
        """Revoke a key of the organization by its `kid` or credential id."""
        signed = self._attester.sign("key.revoked", body={"kid": name})
        body = {"attestation": signed.jws}
        return self._transport.write("/v1/keys/revocations", body, KeyStateAnswer, acts=[signed])

    def invite_person(self, display_name: str) -> InvitedPersonAnswer:
        """Add a person of the organization, and return their one-time enrolment link."""
        body = {"display_name": display_name}
        return self._transport.write("/v1/people", body, InvitedPersonAnswer)

    def people(self) -> list[PersonAnswer]:
        """Return the people of the organization."""
        return list(self._transport.pages("/v1/people", PersonAnswer))

    def confirm_person(self, person: PersonAnswer) -> PersonAnswer:
        """Make a person's passkey a key of the organization, by its signature.

        Args:
            person: as listed, with the passkey that was compared.
        """
        signed = self._attester.sign(
            "key.registered",
            body={
                **_key_body("passkey", person.key or {}),
                "person": person.id,
                "credential": person.credential,
            },
        )
        path = f"/v1/people/{person.id}/confirmation"
        body = {"attestation": signed.jws}
        return self._transport.write(path, body, PersonAnswer, acts=[signed])

    def tellings(self) -> list[TellingAnswer]:
        """Return what this organization must be told and has not acknowledged yet."""
        return list(self._transport.pages("/v1/tellings", TellingAnswer))

    def acknowledge(self, telling: TellingAnswer) -> None:
        """Tell the hub that something was done about a telling."""
        path = f"/v1/tellings/{telling.number}/acknowledgement"
        self._transport.write(path, {}, AcknowledgedAnswer)

    def receipt(self, attestation: str, *, wait_s: int = 0) -> bytes:
        """Return the receipt of an act, a `.tlog-proof`, which nobody has checked yet.

        Args:
            attestation: the act's id.
            wait_s: how many seconds the hub may wait until a checkpoint covers the act.

        Raises:
            HubRefusedError: it is not ready yet, or the hub knows no such act of ours.
        """
        path = f"/v1/receipts/{attestation}"
        return self._transport.read_file(path, proof_file.MAX_BYTES, wait_s=wait_s)

    def receipts(self, after: int) -> Iterator[dict[str, object]]:
        """Yield the proofs of every entry that names the organization, in the ledger's order.

        Args:
            after: the place after which to begin; -1 for the first.
        """
        following: int | None = after
        while following is not None:
            query = {"after": following, "limit": RECEIPTS_PER_PAGE}
            page = self._transport.read("/v1/reveals", ProofPage, query)
            yield from page.items
            advances = page.next is not None and page.next > following
            following = page.next if advances else None


def _key_body(purpose: str, key: Mapping[str, str]) -> dict[str, Value]:
    return {"purpose": purpose, "key": dict(key), "person": "", "credential": ""}
