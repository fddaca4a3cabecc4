from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol import canonical, ids, jwk, note
from relay_protocol.attestation import Attestation, SignedAttestation, sign_jws
from relay_protocol.canonical import Value
from relay_protocol.directory import PUBLIC_KINDS, Directory
from relay_protocol.entry import CLEAR_KINDS, Entry
from relay_protocol.errors import (
    AttestationError,
    DirectoryError,
    LogKeyError,
    NoteError,
    SignatureError,
)

LOG = "hub.example/ledger"
ORIGIN = "https://hub.example"
AT = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
# Sum of the twelve zeros weighs nothing, and 9 - 0 = 9: "9000000000000" is a corporate number.
NUMBERS = ("9000000000000",)


def signing_key(number: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)


def public(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> dict[str, str]:
    return jwk.from_key(key.public_key())


def kid(key: Ed25519PrivateKey) -> str:
    return jwk.kid_of(key.public_key())


OFFICE, HUB, LOG_KEY = signing_key(1), signing_key(2), signing_key(3)
NEXT_OFFICE, NEXT_HUB, NEXT_LOG = signing_key(4), signing_key(5), signing_key(6)
MIRAI, AOZORA, KANAME = signing_key(11), signing_key(12), signing_key(13)
SEALING = ec.derive_private_key(7, ec.SECP256R1())
PASSKEY = ec.derive_private_key(8, ec.SECP256R1())


@dataclass(kw_only=True)
class Ledger:
    """Writes public entries as an honest hub would, and whatever else a test tells it to."""

    directory: Directory = field(default_factory=Directory)
    seq: int = 0

    def signed(
        self,
        kind: str,
        by: str,
        key: Ed25519PrivateKey,
        body: Mapping[str, Value],
        refs: Mapping[str, str] | None = None,
        log: str = LOG,
    ) -> SignedAttestation:
        return sign_jws(
            Attestation(
                log=log,
                id=ids.attestation_id(self.seq.to_bytes(16)),
                kind=kind,
                at=AT,
                by=by,
                refs=refs or {},
                body=body,
            ),
            key,
        )

    def enter(self, signed: SignedAttestation, *orgs: str, kind: str = "") -> Entry:
        """Take the next entry, and return it."""
        members = canonical.decode(signed.wire)
        assert isinstance(members, dict)
        entry = Entry(
            seq=self.seq,
            prev=bytes(32),
            day="2026-12-01",
            kind=kind or signed.attestation.kind,
            orgs=orgs,
            rules="",
            signed=members,
        )
        self.directory.take(entry)
        self.seq += 1
        return entry

    def open(self, **changed: Value) -> Entry:
        log_key = note.SignerKey(name=LOG, kind=note.ED25519, private_key=LOG_KEY)
        body: dict[str, Value] = {
            "demo": True,
            "origin": LOG,
            "web_origin": ORIGIN,
            "rp_id": "hub.example",
            "operator": "office",
            "keys": {
                "operator": dict(public(OFFICE)),
                "hub": dict(public(HUB)),
                "log": log_key.verifier.encode(),
            },
        }
        return self.enter(self.signed("scheme.opened", "office", OFFICE, {**body, **changed}))

    def admit(
        self,
        slug: str,
        key: Ed25519PrivateKey,
        by: Ed25519PrivateKey = OFFICE,
        role: str = "member",
    ) -> str:
        signed = self.signed("org.admitted", "office", by, admission(slug, key, role))
        self.enter(signed, slug)
        return signed.attestation.id

    def cosign(
        self, slug: str, admitted: str, fingerprint: str, by: str, key: Ed25519PrivateKey
    ) -> None:
        self.enter(
            self.signed(
                "org.cosigned", by, key, {"fingerprint": fingerprint}, {"admission": admitted}
            ),
            slug,
        )

    def register(
        self,
        by: str,
        key: Ed25519PrivateKey,
        new: Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
        purpose: str = "sign",
        **passkey: str,
    ) -> None:
        self.enter(self.signed("key.registered", by, key, key_body(purpose, new, **passkey)), by)

    def revoke(self, by: str, key: Ed25519PrivateKey, name: str) -> None:
        self.enter(self.signed("key.revoked", by, key, {"kid": name}), by)


def admission(slug: str, key: Ed25519PrivateKey, role: str = "member") -> dict[str, Value]:
    agency = role == "agency"
    return {
        "slug": slug,
        "role": role,
        "corporate_number": NUMBERS[0],
        "group": NUMBERS[0],
        "licence": "13-ユ-000001" if agency else "",
        "licence_until": "2031-03-31" if agency else "",
        "key": dict(public(key)),
    }


def key_body(
    purpose: str, key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey, **passkey: str
) -> dict[str, Value]:
    return {
        "purpose": purpose,
        "key": dict(public(key)),
        "person": passkey.get("person", ""),
        "credential": passkey.get("credential", ""),
    }


@pytest.fixture
def opened() -> Ledger:
    ledger = Ledger()
    ledger.open()
    return ledger


@pytest.fixture
def peopled(opened: Ledger) -> Ledger:
    """A scheme with two active members, mirai and aozora."""
    opened.admit("mirai", MIRAI)
    admitted = opened.admit("aozora", AOZORA)
    opened.cosign("aozora", admitted, kid(AOZORA), "mirai", MIRAI)
    return opened


def suspend(ledger: Ledger, slug: str) -> None:
    """Suspend an organization, as the office's act."""
    said = ledger.signed("org.suspended", "office", OFFICE, {"slug": slug, "reason": "key-lost"})
    ledger.enter(said, slug)


def state_of(ledger: Ledger, slug: str) -> str:
    organization = ledger.directory.organization(slug)
    assert organization is not None
    return organization.state


def test_what_everybody_may_read_stands_clear_in_its_entry() -> None:
    assert PUBLIC_KINDS <= CLEAR_KINDS


def test_entry_0_tells_the_keys_that_all_else_rests_on(opened: Ledger) -> None:
    scheme = opened.directory.scheme
    assert scheme.operator == "office"
    assert scheme.hub_key == public(HUB)
    assert scheme.log_key.startswith(f"{LOG}+")
    assert (scheme.origin, scheme.web_origin, scheme.rp_id) == (LOG, ORIGIN, "hub.example")
    assert scheme.demo


def test_before_entry_0_there_is_no_scheme() -> None:
    with pytest.raises(DirectoryError, match="entry 0"):
        _ = Directory().scheme


def test_entry_0_is_signed_by_the_operator_that_it_names() -> None:
    ledger = Ledger()
    honest = ledger.open().signed
    body = dict(SignedAttestation(wire=canonical.encode(honest)).attestation.body)
    forged = Ledger()
    with pytest.raises(SignatureError):
        forged.enter(forged.signed("scheme.opened", "office", MIRAI, body))


def test_a_scheme_opens_once(opened: Ledger) -> None:
    with pytest.raises(DirectoryError, match="once"):
        opened.open()


def test_nothing_stands_before_entry_0() -> None:
    with pytest.raises(DirectoryError, match="entry 0"):
        Ledger().admit("mirai", MIRAI)


def test_the_first_organization_is_active_at_once(opened: Ledger) -> None:
    opened.admit("mirai", MIRAI)
    assert state_of(opened, "mirai") == "active"


def test_the_second_organization_waits_for_a_cosigner(opened: Ledger) -> None:
    opened.admit("mirai", MIRAI)
    admitted = opened.admit("aozora", AOZORA)
    assert state_of(opened, "aozora") == "pending"
    opened.cosign("aozora", admitted, kid(AOZORA), "mirai", MIRAI)
    assert state_of(opened, "aozora") == "active"


def test_the_office_cannot_cosign_what_it_admitted(opened: Ledger) -> None:
    opened.admit("mirai", MIRAI)
    admitted = opened.admit("aozora", AOZORA)
    with pytest.raises(DirectoryError, match="cosigns what it cannot"):
        opened.cosign("aozora", admitted, kid(AOZORA), "office", OFFICE)


def test_an_organization_that_is_not_active_does_not_make_itself_so(opened: Ledger) -> None:
    opened.admit("mirai", MIRAI)
    admitted = opened.admit("aozora", AOZORA)
    opened.cosign("aozora", admitted, kid(AOZORA), "aozora", AOZORA)
    assert state_of(opened, "aozora") == "pending"
    assert opened.directory.disregarded == [(3, "aozora was not active")]


def test_an_active_organization_does_not_cosign_itself(peopled: Ledger) -> None:
    organization = peopled.directory.organization("aozora")
    assert organization is not None
    with pytest.raises(DirectoryError, match="cosigns what it cannot"):
        peopled.cosign("aozora", organization.admission, kid(AOZORA), "aozora", AOZORA)


def test_a_cosigner_signs_the_very_key_that_was_admitted(opened: Ledger) -> None:
    opened.admit("mirai", MIRAI)
    admitted = opened.admit("aozora", AOZORA)
    with pytest.raises(DirectoryError, match="another key"):
        opened.cosign("aozora", admitted, kid(KANAME), "mirai", MIRAI)


def test_a_second_cosigner_changes_nothing(peopled: Ledger) -> None:
    admitted = peopled.admit("kaname", KANAME)
    peopled.cosign("kaname", admitted, kid(KANAME), "mirai", MIRAI)
    peopled.cosign("kaname", admitted, kid(KANAME), "aozora", AOZORA)
    assert state_of(peopled, "kaname") == "active"


def test_only_the_office_admits(peopled: Ledger) -> None:
    signed = peopled.signed("org.admitted", "mirai", MIRAI, admission("kaname", KANAME))
    with pytest.raises(DirectoryError, match="admits who cannot"):
        peopled.enter(signed, "kaname")


def test_nobody_is_admitted_in_the_offices_name_by_another_key(opened: Ledger) -> None:
    with pytest.raises(SignatureError):
        opened.admit("mirai", MIRAI, by=HUB)


def test_a_slug_is_admitted_once(peopled: Ledger) -> None:
    with pytest.raises(DirectoryError, match="admits who cannot"):
        peopled.admit("mirai", KANAME)


def test_a_key_belongs_to_one_organization(peopled: Ledger) -> None:
    with pytest.raises(DirectoryError, match="second time"):
        peopled.admit("kaname", MIRAI)


def test_a_suspended_organizations_acts_are_disregarded(peopled: Ledger) -> None:
    suspend(peopled, "aozora")
    assert state_of(peopled, "aozora") == "suspended"
    peopled.register("aozora", AOZORA, SEALING, "seal")
    assert peopled.directory.keys_of("aozora", "seal") == []
    assert peopled.directory.disregarded == [(5, "aozora was not active")]


def test_who_was_suspended_comes_back_with_another_key_once_cosigned(peopled: Ledger) -> None:
    peopled.register("aozora", AOZORA, SEALING, "seal")
    suspend(peopled, "aozora")
    admitted = peopled.admit("aozora", KANAME)
    assert state_of(peopled, "aozora") == "pending"
    assert [key.name for key in peopled.directory.keys_of("aozora", "sign")] == [kid(KANAME)]
    assert peopled.directory.keys_of("aozora", "seal") == []
    with pytest.raises(DirectoryError, match="another key"):
        peopled.cosign("aozora", admitted, kid(AOZORA), "mirai", MIRAI)
    peopled.cosign("aozora", admitted, kid(KANAME), "mirai", MIRAI)
    assert state_of(peopled, "aozora") == "active"
    peopled.register("aozora", AOZORA, PASSKEY, "seal")
    assert peopled.directory.keys_of("aozora", "seal") == []


def test_the_only_organization_comes_back_by_nobodys_word_alone(opened: Ledger) -> None:
    opened.admit("mirai", MIRAI)
    suspend(opened, "mirai")
    opened.admit("mirai", KANAME)
    assert state_of(opened, "mirai") == "pending"


def test_an_active_or_pending_organization_is_given_no_other_key(peopled: Ledger) -> None:
    with pytest.raises(DirectoryError, match="admits who cannot"):
        peopled.admit("aozora", KANAME)
    peopled.admit("kaname", KANAME)
    with pytest.raises(DirectoryError, match="admits who cannot"):
        peopled.admit("kaname", signing_key(14))


def test_who_comes_back_has_the_role_it_had(peopled: Ledger) -> None:
    suspend(peopled, "aozora")
    with pytest.raises(DirectoryError, match="admits who cannot"):
        peopled.admit("aozora", KANAME, role="auditor")


def test_only_the_office_suspends(peopled: Ledger) -> None:
    signed = peopled.signed("org.suspended", "mirai", MIRAI, {"slug": "aozora", "reason": "left"})
    with pytest.raises(DirectoryError, match="suspends whom"):
        peopled.enter(signed, "aozora")


def test_a_key_signed_by_an_earlier_one_stands(peopled: Ledger) -> None:
    peopled.register("mirai", MIRAI, SEALING, "seal")
    (key,) = peopled.directory.keys_of("mirai", "seal")
    assert key.jwk == public(SEALING)
    assert key.seq == 4
    assert peopled.directory.key(key.name) == key


def test_a_passkey_goes_by_its_credential_and_names_its_person(peopled: Ledger) -> None:
    person = ids.new_id("usr", bytes(16))
    peopled.register("mirai", MIRAI, PASSKEY, "passkey", person=person, credential="AAAA")
    key = peopled.directory.key("AAAA")
    assert key is not None
    assert (key.purpose, key.person) == ("passkey", person)


def test_no_key_is_registered_in_anothers_name(peopled: Ledger) -> None:
    with pytest.raises(SignatureError, match="no key of mirai"):
        peopled.register("mirai", AOZORA, SEALING, "seal")


def test_a_key_that_nobody_registered_registers_none(peopled: Ledger) -> None:
    with pytest.raises(SignatureError, match="no key of mirai"):
        peopled.register("mirai", KANAME, SEALING, "seal")


def test_a_key_stands_for_its_own_purpose_alone(peopled: Ledger) -> None:
    peopled.register("mirai", MIRAI, SEALING, "reveal")
    assert [key.purpose for key in peopled.directory.keys_of("mirai", "reveal")] == ["reveal"]
    assert [key.name for key in peopled.directory.keys_of("mirai", "sign")] == [kid(MIRAI)]


def test_a_revoked_key_stands_no_more_and_signs_no_more(peopled: Ledger) -> None:
    peopled.register("mirai", MIRAI, KANAME)
    peopled.revoke("mirai", KANAME, kid(MIRAI))
    assert [key.name for key in peopled.directory.keys_of("mirai", "sign")] == [kid(KANAME)]
    peopled.register("mirai", MIRAI, SEALING, "seal")
    assert peopled.directory.keys_of("mirai", "seal") == []
    assert peopled.directory.disregarded == [(6, "its key was revoked")]


def test_a_key_may_revoke_itself(peopled: Ledger) -> None:
    peopled.register("mirai", MIRAI, KANAME)
    peopled.revoke("mirai", MIRAI, kid(MIRAI))
    assert [key.name for key in peopled.directory.keys_of("mirai", "sign")] == [kid(KANAME)]


def test_nobody_revokes_the_key_of_another(peopled: Ledger) -> None:
    with pytest.raises(DirectoryError, match="not its maker's"):
        peopled.revoke("mirai", MIRAI, kid(AOZORA))


def test_an_act_is_good_where_its_key_stood_and_neither_before_nor_after(peopled: Ledger) -> None:
    peopled.register("mirai", MIRAI, KANAME)
    act = peopled.signed("key.revoked", "mirai", KANAME, {"kid": kid(KANAME)})
    with pytest.raises(SignatureError, match="did not count"):
        peopled.directory.check(act, 4)
    peopled.directory.check(act, 5)
    peopled.revoke("mirai", MIRAI, kid(KANAME))
    peopled.directory.check(act, 5)
    with pytest.raises(SignatureError, match="did not count"):
        peopled.directory.check(act, 6)


def test_the_hubs_acts_are_checked_with_the_hubs_key(peopled: Ledger) -> None:
    refs = {
        "claim": ids.new_id("clm", bytes(16)),
    }
    body: dict[str, Value] = {"job_kind": "mid-career"}
    peopled.directory.check(peopled.signed("claim.approved", "hub", HUB, body, refs), 9)
    with pytest.raises(SignatureError):
        peopled.directory.check(peopled.signed("claim.approved", "hub", MIRAI, body, refs), 9)


def declined(ledger: Ledger, key: Ed25519PrivateKey) -> SignedAttestation:
    """Return what the hub says, signed by a key."""
    return ledger.signed("claim.declined", "hub", key, {}, {"claim": ids.new_id("clm", bytes(16))})


def checkpoint(size: int, *keys: Ed25519PrivateKey, origin: str = LOG) -> bytes:
    """Return a checkpoint of a size, signed by keys of the log."""
    text = note.Checkpoint(origin=origin, size=size, root=bytes(32)).text()
    signed = [
        note.sign_note(text, note.SignerKey(name=origin, kind=note.ED25519, private_key=key))
        for key in keys
    ]
    lines = [line for one in signed for line in note.Note.parse(one).lines]
    return note.Note(text=text, lines=tuple(lines)).encode()


class TestKeysOfTheLogAndOfTheHub:
    """Entry 0 names the first of each; entries 4 and 5 of `followed` are about the next."""

    @pytest.fixture
    def followed(self, peopled: Ledger, purpose: str) -> Ledger:
        """Return a register in which a key has followed another, and ended it."""
        first, following = {"log": (LOG_KEY, NEXT_LOG), "hub": (HUB, NEXT_HUB)}[purpose]
        peopled.register("office", OFFICE, following, purpose)
        peopled.revoke("office", OFFICE, kid(first))
        return peopled

    def test_the_first_ones_are_those_of_entry_0(self, opened: Ledger) -> None:
        directory = opened.directory
        assert [key.encode() for key in directory.log_keys()] == [directory.scheme.log_key]
        assert [key.jwk for key in directory.keys_of("office", "hub")] == [public(HUB)]

    @pytest.mark.parametrize("purpose", ["hub"])
    @pytest.mark.parametrize(
        ("key", "stands_at"), [(HUB, (1, 5)), (NEXT_HUB, (5, 99)), (MIRAI, None), (LOG_KEY, None)]
    )
    def test_the_hub_attests_with_any_of_its_keys_that_stands_there(
        self, followed: Ledger, key: Ed25519PrivateKey, stands_at: tuple[int, int] | None
    ) -> None:
        signed = declined(followed, key)
        for seq in (1, 4, 5, 6, 99):
            if stands_at and stands_at[0] <= seq <= stands_at[1]:
                followed.directory.check(signed, seq)
            else:
                with pytest.raises(SignatureError):
                    followed.directory.check(signed, seq)

    @pytest.mark.parametrize("purpose", ["log"])
    @pytest.mark.parametrize(
        ("size", "keys", "stands"),
        [
            (1, [LOG_KEY], True),
            (4, [LOG_KEY], True),
            (4, [NEXT_LOG], False),
            (5, [LOG_KEY], True),
            (5, [NEXT_LOG], True),
            (5, [LOG_KEY, NEXT_LOG], True),
            (6, [LOG_KEY], False),
            (6, [NEXT_LOG], True),
            (6, [LOG_KEY, NEXT_LOG], True),
            (9, [LOG_KEY], False),
            (9, [HUB], False),
        ],
    )
    def test_a_checkpoint_is_signed_by_one_that_stands_at_its_size(
        self, followed: Ledger, size: int, keys: list[Ed25519PrivateKey], *, stands: bool
    ) -> None:
        raw = checkpoint(size, *keys)
        if stands:
            assert followed.directory.check_checkpoint(raw).size == size
            return
        with pytest.raises(LogKeyError) as refused:
            followed.directory.check_checkpoint(raw)
        assert refused.value.revoked == (5 if keys == [LOG_KEY] else None)

    def test_a_checkpoint_of_another_log_is_none_of_this_one(self, opened: Ledger) -> None:
        with pytest.raises(NoteError, match="another log"):
            opened.directory.check_checkpoint(checkpoint(1, LOG_KEY, origin="other.example/log"))

    @pytest.mark.parametrize("purpose", ["log", "hub"])
    def test_the_operator_alone_registers_them(self, peopled: Ledger, purpose: str) -> None:
        with pytest.raises(DirectoryError, match="only the operator"):
            peopled.register("mirai", MIRAI, NEXT_LOG, purpose)
        peopled.register("office", OFFICE, NEXT_LOG, purpose)

    @pytest.mark.parametrize("taken", [HUB, LOG_KEY, OFFICE])
    def test_nobody_else_registers_the_same_key(
        self, peopled: Ledger, taken: Ed25519PrivateKey
    ) -> None:
        with pytest.raises(DirectoryError, match="second time"):
            peopled.register("mirai", MIRAI, taken)

    @pytest.mark.parametrize("purpose", ["log", "hub"])
    def test_they_are_registered_by_an_operators_key_that_stands(
        self, peopled: Ledger, purpose: str
    ) -> None:
        peopled.register("office", OFFICE, NEXT_OFFICE)
        peopled.revoke("office", NEXT_OFFICE, kid(OFFICE))
        peopled.register("office", OFFICE, NEXT_LOG, purpose)
        assert peopled.directory.disregarded == [(6, "its key was revoked")]
        peopled.register("office", NEXT_OFFICE, NEXT_HUB, purpose)
        assert [key.name for key in peopled.directory.keys_of("office", purpose)][1:] == [
            kid(NEXT_HUB)
        ]

    def test_neither_of_them_registers_anything(self, peopled: Ledger) -> None:
        for key in (HUB, LOG_KEY):
            with pytest.raises(SignatureError):
                peopled.register("office", key, NEXT_LOG, "log")

    def test_what_was_kept_of_them_is_gone_on_with(self, peopled: Ledger) -> None:
        peopled.register("office", OFFICE, NEXT_LOG, "log")
        again = Directory.of(peopled.directory.state())
        assert again.log_keys() == peopled.directory.log_keys()


def test_the_offices_own_key_is_followed_as_anybodys(peopled: Ledger) -> None:
    peopled.register("office", OFFICE, NEXT_OFFICE)
    peopled.revoke("office", NEXT_OFFICE, kid(OFFICE))
    peopled.admit("kaname", KANAME, by=NEXT_OFFICE)
    assert state_of(peopled, "kaname") == "pending"
    peopled.admit("kaname2", signing_key(14), by=OFFICE)
    assert peopled.directory.organization("kaname2") is None


def test_an_act_for_another_ledger_is_refused(peopled: Ledger) -> None:
    signed = peopled.signed("key.revoked", "mirai", MIRAI, {"kid": kid(MIRAI)}, log="x.example/y")
    with pytest.raises(DirectoryError, match="another ledger"):
        peopled.enter(signed, "mirai")


def test_an_entry_shows_exactly_whom_it_concerns(peopled: Ledger) -> None:
    signed = peopled.signed("key.registered", "mirai", MIRAI, key_body("seal", SEALING))
    with pytest.raises(DirectoryError, match="shows other organizations"):
        peopled.enter(signed, "aozora")


def test_an_entry_holds_the_kind_that_it_says(peopled: Ledger) -> None:
    signed = peopled.signed("key.revoked", "mirai", MIRAI, {"kid": kid(MIRAI)})
    with pytest.raises(DirectoryError, match="another kind"):
        peopled.enter(signed, "mirai", kind="key.registered")


def test_other_clear_entries_do_not_belong_to_the_register(peopled: Ledger) -> None:
    signed = peopled.signed("reveals.closed", "hub", HUB, {"count": 0})
    with pytest.raises(DirectoryError, match="does not belong"):
        peopled.enter(signed)


def test_entries_come_in_order_and_each_once(peopled: Ledger) -> None:
    entry = peopled.enter(
        peopled.signed("key.registered", "mirai", MIRAI, key_body("seal", SEALING)), "mirai"
    )
    with pytest.raises(DirectoryError, match="does not belong"):
        peopled.directory.take(entry)
    assert peopled.directory.last_seq == entry.seq


def test_organizations_are_listed_by_slug_without_the_office(peopled: Ledger) -> None:
    assert [org.slug for org in peopled.directory.organizations()] == ["aozora", "mirai"]
    assert peopled.directory.organization("office") is None


@pytest.mark.parametrize("held", [b"{}", b'{"jws":"a.b.c"}'])
def test_an_entry_without_an_attestation_is_refused(peopled: Ledger, held: bytes) -> None:
    members = canonical.decode(held)
    assert isinstance(members, dict)
    entry = Entry(
        seq=9,
        prev=bytes(32),
        day="2026-12-01",
        kind="key.revoked",
        orgs=("mirai",),
        rules="",
        signed=members,
    )
    with pytest.raises(AttestationError):
        peopled.directory.take(entry)
