"""Envelopes carried by a hub that may lie: nothing opens that its origin has not signed so."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from career_relay.assets import receptions
from career_relay.connection import Connection
from career_relay.errors import DistrustError, NotDueError, NotReadyError
from career_relay.open_envelope import Provenance, open_envelope
from relay_protocol import envelope as envelopes
from relay_protocol.attestation import SignedAttestation, from_jws
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_encode
from relay_protocol.jwk import kid_of
from tests.story.local_hub import Asked, LocalHub, Told
from tests.story.shown_ledger import ShownLedger, sealing_key, signing_key

CLAIM, OTHER_CLAIM = f"clm_{'0' * 26}", f"clm_{'1' * 26}"
ENVELOPE, OTHER_ENVELOPE = f"env_{'0' * 26}", f"env_{'1' * 26}"
REFERRAL = f"ref_{'0' * 26}"
APPROVAL = "A" * 22
SEAL = sealing_key(7)
IDENTITY = {"name": "夢原 空太", "email": "yumehara@example.jp"}
PATH = f"/v1/agency/envelopes/{ENVELOPE}"


def sealed(key: EllipticCurvePrivateKey = SEAL, claim: str = CLAIM) -> dict[str, Value]:
    kid = kid_of(key.public_key())
    return envelopes.seal_envelope(
        IDENTITY, {kid: key.public_key()}, claim=claim, approval=APPROVAL, agency="sakura"
    )


@dataclass(kw_only=True)
class Carrier:
    """A hub that carries one envelope, and gives it out after the receipt as it should.

    Attributes:
        told: what it tells of the envelope; a test changes it.
        document: what it gives out as sealed.
        receipts: the receipts that it was sent.
    """

    shown: ShownLedger
    document: dict[str, Value] | None
    told: dict[str, object]
    receipts: list[SignedAttestation] = field(default_factory=list)

    def tell(self, asked: Asked) -> Told:
        """Answer for the envelope, or take a receipt."""
        if asked.method == "POST":
            self.receipts.append(from_jws(str(asked.document["attestation"])))
            self.told["opened_at"] = "2026-12-01T03:04:05Z"
            return Told.of({**self.told, "release_proof": None})
        opened = self.told["opened_at"] is not None
        return Told.of({**self.told, "envelope": self.document if opened else None})

    def release(self, document: dict[str, Value], **changed: Value) -> int:
        """Enter a release of a document by its origin; keyword arguments change its refs."""
        return self.shown.state(
            "identity.released",
            str(changed.pop("by", "mirai")),
            "mirai",
            "sakura",
            refs={
                "claim": CLAIM,
                "referral": REFERRAL,
                "approval": APPROVAL,
                "envelope": ENVELOPE,
                **{name: str(value) for name, value in changed.items()},
            },
            body={
                "keys": list(envelopes.sealed_to(document)),
                "digest": b64url_encode(envelopes.digest(document)),
                "items": ["name", "email"],
            },
        )

    def prove(self, seq: int) -> None:
        """Tell of the envelope with the proof of a release."""
        self.told["release_proof"] = self.shown.prove(seq)
        signed = SignedAttestation(wire=self.shown.reveals[seq].signed)
        self.told["release"] = signed.attestation.id


@pytest.fixture
def carrier(shown: ShownLedger, local_hub: LocalHub) -> Carrier:
    document = sealed()
    carried = Carrier(
        shown=shown,
        document=document,
        told={
            "id": ENVELOPE,
            "claim": CLAIM,
            "origin": {"slug": "mirai", "name": "株式会社みらい製作所", "name_en": "Mirai"},
            "release": "",
            "released_at": "2026-12-01T03:04:05Z",
            "kept_until": "2026-12-08T03:04:05Z",
            "opened_at": None,
        },
    )
    carried.prove(carried.release(document))
    local_hub.tell("GET", PATH, carried.tell)
    local_hub.tell("POST", f"{PATH}/receipt", carried.tell)
    return carried


Open = Callable[..., dict[str, str]]


@pytest.fixture
def opened(sakura: Connection) -> Open:
    """Return what opens the envelope, its provenance confirmed unless told otherwise."""

    def open_it(
        *,
        key: EllipticCurvePrivateKey = SEAL,
        before: tuple[EllipticCurvePrivateKey, ...] = (),
        confirm: Callable[[Provenance], bool] | None = None,
    ) -> dict[str, str]:
        return open_envelope(sakura, ENVELOPE, (key, *before), confirm=confirm or (lambda _: True))

    return open_it


def test_what_the_origin_has_sealed_opens_after_one_receipt(
    carrier: Carrier, opened: Open, sakura: Connection
) -> None:
    assert opened() == IDENTITY
    (receipt,) = carrier.receipts
    receipt.check_jws(carrier.shown.signing["sakura"].public_key())
    said = receipt.attestation
    assert said.kind == "identity.received"
    assert said.refs == {"claim": CLAIM, "release": carrier.told["release"]}
    assert said.body == {"provenance": True}
    with sakura.store.reading() as rows:
        (kept,) = receptions.every(rows)
    assert (kept.envelope, kept.claim, kept.origin) == (ENVELOPE, CLAIM, "mirai")
    assert (kept.person, kept.items) == ("夢原 空太", ("name", "email"))


def test_whoever_opens_it_is_told_where_it_comes_from(carrier: Carrier, opened: Open) -> None:
    asked: list[Provenance] = []

    def confirm(provenance: Provenance) -> bool:
        asked.append(provenance)
        return True

    opened(confirm=confirm)
    (provenance,) = asked
    assert provenance.origin.slug == "mirai"
    assert (provenance.claim, provenance.items) == (CLAIM, ("name", "email"))
    assert provenance.release == carrier.told["release"]


def test_an_envelope_that_was_confirmed_before_opens_without_asking(
    carrier: Carrier, opened: Open
) -> None:
    carrier.told["opened_at"] = "2026-12-01T03:04:05Z"
    assert opened(confirm=lambda _: False) == IDENTITY
    assert carrier.receipts == []


def test_without_a_confirmation_nothing_is_sent_or_opened(carrier: Carrier, opened: Open) -> None:
    with pytest.raises(NotDueError, match="stays closed"):
        opened(confirm=lambda _: False)
    assert carrier.receipts == []


def test_a_release_without_a_checkpoint_waits(carrier: Carrier, opened: Open) -> None:
    carrier.told["release_proof"] = None
    with pytest.raises(NotReadyError, match="checkpoint"):
        opened()


def test_a_release_that_the_origin_has_not_signed_is_not_believed(
    carrier: Carrier, opened: Open
) -> None:
    carrier.shown.signing["mirai"] = signing_key(99)
    carrier.prove(carrier.release(sealed()))
    with pytest.raises(DistrustError, match="no key of mirai"):
        opened()
    assert carrier.receipts == []


@pytest.mark.parametrize(
    "changed", [{"claim": OTHER_CLAIM}, {"envelope": OTHER_ENVELOPE}, {"by": "sakura"}]
)
def test_the_release_of_something_else_is_not_believed(
    carrier: Carrier, opened: Open, changed: dict[str, Value]
) -> None:
    carrier.prove(carrier.release(sealed(), **changed))
    with pytest.raises(DistrustError):
        opened()
    assert carrier.receipts == []


def test_an_origin_that_the_hub_names_otherwise_is_not_believed(
    carrier: Carrier, opened: Open
) -> None:
    carrier.told["origin"] = {"slug": "sakura", "name": "x", "name_en": "x"}
    with pytest.raises(DistrustError):
        opened()


def test_another_act_is_no_release(carrier: Carrier, opened: Open) -> None:
    refs = {"claim": CLAIM, "release": APPROVAL}
    body: dict[str, Value] = {"provenance": True}
    received = carrier.shown.state(
        "identity.received", "sakura", "mirai", "sakura", refs=refs, body=body
    )
    carrier.prove(received)
    with pytest.raises(DistrustError):
        opened()


def test_an_envelope_that_was_exchanged_is_not_opened(carrier: Carrier, opened: Open) -> None:
    carrier.document = sealed()  # sealed anew: the same identity, other bytes
    with pytest.raises(DistrustError, match="not the one that its origin has signed"):
        opened()


@pytest.mark.parametrize("document", [{}, {"v": 1}, {"v": 1, "sealed": "x"}])
def test_what_is_no_envelope_is_not_opened(
    carrier: Carrier, opened: Open, document: dict[str, Value]
) -> None:
    carrier.document = document
    with pytest.raises(DistrustError, match="does not open"):
        opened()


def test_an_envelope_that_is_gone_is_told_of(carrier: Carrier, opened: Open) -> None:
    carrier.document = None
    with pytest.raises(NotDueError, match="seven days"):
        opened()


def test_an_envelope_for_a_key_that_another_has_followed_still_opens(
    carrier: Carrier, opened: Open
) -> None:
    assert opened(key=sealing_key(8), before=(SEAL,)) == opened()


def test_an_envelope_for_another_key_needs_the_other_machine(
    carrier: Carrier, opened: Open
) -> None:
    with pytest.raises(NotDueError, match="not sealed to the key"):
        opened(key=sealing_key(8))
    assert carrier.receipts == []
