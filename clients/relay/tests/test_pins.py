"""Pins against a hub that shows its ledger, and then shows another one."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay.assets import sightings
from career_relay.assets.store import AssetStore
from career_relay.errors import DistrustError, NotReadyError
from career_relay.pins import Pins, pinned
from career_relay.transport import Patience, Transport
from relay_protocol import jwk
from relay_protocol.encoding import b64url_decode, b64url_encode
from tests.story.local_hub import Asked, LocalHub, Told
from tests.story.shown_ledger import AT, ShownLedger, sealing_key, signing_key, verifier

OLD, NEXT = signing_key(3), signing_key(33)
OLD_VKEY, NEXT_VKEY = verifier(OLD), verifier(NEXT)
CONSENT = {"consent": f"con_{'0' * 26}", "referral": f"ref_{'0' * 26}"}


@pytest.fixture
def pins(store: AssetStore, transport: Transport, shown: ShownLedger) -> Pins:
    return pinned(store, transport, shown.vkey)


def kid_of(key: Ed25519PrivateKey) -> str:
    return jwk.kid_of(key.public_key())


def overlap(shown: ShownLedger, following: Ed25519PrivateKey) -> None:
    """Register a key of the log; from then on both sign."""
    shown.register("office", following, "log")
    shown.further_log_keys = (following,)


def retire(shown: ShownLedger, following: Ed25519PrivateKey) -> None:
    """Revoke the log's older key; from then on only the newer one signs."""
    shown.state("key.revoked", "office", "office", body={"kid": kid_of(shown.log_key)})
    shown.log_key, shown.further_log_keys = following, ()


def withdrawal(shown: ShownLedger) -> int:
    return shown.state("consent.withdrawn", "hub", "mirai", refs=CONSENT)


class TestTheLedgersKey:
    def test_at_the_first_contact_the_key_that_the_hub_shows_is_pinned(
        self, store: AssetStore, transport: Transport, shown: ShownLedger
    ) -> None:
        assert pinned(store, transport, "").log.encode() == shown.vkey
        with store.reading() as connection:
            seen = sightings.ledger(connection)
        assert seen is not None
        assert seen.vkey == shown.vkey

    def test_another_key_later_is_not_taken(
        self, store: AssetStore, transport: Transport, shown: ShownLedger, local_hub: LocalHub
    ) -> None:
        pinned(store, transport, "").refresh()
        ShownLedger(log_key=signing_key(99)).show(local_hub)
        again = pinned(store, transport, "")
        assert again.log.encode() == shown.vkey
        with pytest.raises(DistrustError, match="no known key"):
            again.refresh()

    def test_a_configured_key_must_be_the_one_shown(
        self, store: AssetStore, transport: Transport, shown: ShownLedger
    ) -> None:
        other = ShownLedger(log_key=signing_key(99)).vkey
        with pytest.raises(DistrustError, match=r"relay\.toml"):
            pinned(store, transport, other)
        assert pinned(store, transport, shown.vkey).log.encode() == shown.vkey

    def test_a_key_configured_later_must_be_the_one_pinned(
        self, store: AssetStore, transport: Transport, shown: ShownLedger
    ) -> None:
        assert pinned(store, transport, "").log.encode() == shown.vkey
        with pytest.raises(DistrustError, match=r"relay\.toml"):
            pinned(store, transport, ShownLedger(log_key=signing_key(99)).vkey)

    def test_what_is_no_key_is_not_pinned(
        self, store: AssetStore, transport: Transport, local_hub: LocalHub
    ) -> None:
        scheme = {"name": "", "name_en": "", "origin": "", "web_origin": "", "demo": True}
        local_hub.tell("GET", "/v1/scheme", Told.of({**scheme, "vkey": "none"}))
        with pytest.raises(NotReadyError):
            pinned(store, transport, "")
        with store.reading() as connection:
            assert sightings.ledger(connection) is None


class TestAKeyThatFollows:
    """The log's key is changed: both sign for a while, then only the new one does."""

    def test_is_pinned_as_well_once_it_was_seen_under_the_old_one(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        overlap(shown, NEXT)
        pins.refresh()
        assert [key.encode() for key in pins.logs] == [OLD_VKEY, NEXT_VKEY]
        retire(shown, NEXT)
        pins.refresh()
        assert pins.prove(shown.prove(withdrawal(shown))).signed.attestation.by == "hub"

    def test_is_known_in_the_next_run_without_the_old_one(
        self, store: AssetStore, transport: Transport, pins: Pins, shown: ShownLedger
    ) -> None:
        overlap(shown, NEXT)
        pins.refresh()
        retire(shown, NEXT)
        pins.refresh()
        again = pinned(store, transport, OLD_VKEY)
        again.refresh()
        assert pinned(store, transport, NEXT_VKEY).logs == again.logs

    def test_is_not_believed_before_the_ledger_names_it(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        shown.log_key = NEXT
        withdrawal(shown)
        with pytest.raises(DistrustError, match="no known key"):
            pins.refresh()

    def test_does_not_vouch_for_the_one_before_it(
        self, store: AssetStore, transport: Transport, shown: ShownLedger
    ) -> None:
        overlap(shown, NEXT)
        pins = pinned(store, transport, NEXT_VKEY)
        pins.refresh()
        assert [key.encode() for key in pins.logs] == [NEXT_VKEY]
        shown.further_log_keys = ()
        withdrawal(shown)
        with pytest.raises(DistrustError, match="no known key"):
            pins.refresh()

    def test_at_the_first_contact_the_newest_is_pinned_and_either_may_be_configured(
        self, store: AssetStore, transport: Transport, shown: ShownLedger
    ) -> None:
        overlap(shown, NEXT)
        assert pinned(store, transport, "").log.encode() == NEXT_VKEY
        assert pinned(store, transport, NEXT_VKEY).log.encode() == NEXT_VKEY

    def test_that_is_old_may_be_pinned_at_the_first_contact_while_it_signs(
        self, store: AssetStore, transport: Transport, shown: ShownLedger
    ) -> None:
        overlap(shown, NEXT)
        pins = pinned(store, transport, OLD_VKEY)
        pins.refresh()
        assert [key.encode() for key in pins.logs] == [OLD_VKEY, NEXT_VKEY]

    def test_that_was_slept_through_is_asked_for_in_words(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        overlap(shown, NEXT)
        retire(shown, NEXT)
        with pytest.raises(DistrustError, match="no known key") as told:
            pins.refresh()
        assert told.value.mend is not None
        assert "relay.toml" in told.value.mend.en
        assert "relay.toml" in told.value.mend.ja

    def test_that_was_slept_through_is_taken_from_the_configuration(
        self, store: AssetStore, transport: Transport, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        overlap(shown, NEXT)
        retire(shown, NEXT)
        again = pinned(store, transport, NEXT_VKEY)
        again.refresh()
        assert [key.encode() for key in pinned(store, transport, "").logs] == [
            OLD_VKEY,
            NEXT_VKEY,
        ]

    def test_in_the_configuration_is_not_taken_for_another_history(
        self, store: AssetStore, transport: Transport, pins: Pins, local_hub: LocalHub
    ) -> None:
        pins.refresh()
        other = ShownLedger()
        overlap(other, NEXT)
        retire(other, NEXT)
        for _ in range(5):
            withdrawal(other)
        other.show(local_hub)
        with pytest.raises(DistrustError, match=r"relay\.toml"):
            pinned(store, transport, NEXT_VKEY)
        with store.reading() as connection:
            seen = sightings.ledger(connection)
        assert seen is not None
        assert seen.vkey == OLD_VKEY

    def test_that_was_revoked_signs_nothing_more(self, pins: Pins, shown: ShownLedger) -> None:
        overlap(shown, NEXT)
        pins.refresh()
        shown.state("key.revoked", "office", "office", body={"kid": kid_of(OLD)})
        shown.log_key, shown.further_log_keys = OLD, ()
        with pytest.raises(DistrustError, match="revoked"):
            pins.refresh()

    def test_proves_what_was_signed_before_its_end_also_afterwards(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        seq = withdrawal(shown)
        before = shown.prove(seq)
        pins.refresh()
        overlap(shown, NEXT)
        pins.refresh()
        retire(shown, NEXT)
        pins.refresh()
        assert pins.prove(before).seq == seq

    def test_of_the_log_is_not_an_organizations_to_name(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        shown.register("mirai", NEXT, "log")
        with pytest.raises(DistrustError, match="only the operator"):
            pins.refresh()


class TestTheHubsKey:
    def test_is_followed_and_an_act_is_good_where_its_key_stood(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        first = withdrawal(shown)
        shown.register("office", NEXT, "hub")
        second = withdrawal(shown)
        shown.signing["hub"] = NEXT
        third = withdrawal(shown)
        shown.state("key.revoked", "office", "office", body={"kid": kid_of(signing_key(2))})
        fourth = withdrawal(shown)
        pins.refresh()
        for seq in (first, second, third, fourth):
            assert pins.prove(shown.prove(seq)).seq == seq

    def test_signs_nothing_after_its_end(self, pins: Pins, shown: ShownLedger) -> None:
        shown.register("office", NEXT, "hub")
        shown.state("key.revoked", "office", "office", body={"kid": kid_of(signing_key(2))})
        seq = withdrawal(shown)
        pins.refresh()
        with pytest.raises(DistrustError, match="did not count"):
            pins.prove(shown.prove(seq))


class TestTheDirectory:
    def test_what_the_ledger_shows_is_known_after_a_look(self, pins: Pins) -> None:
        directory = pins.refresh()
        assert [org.slug for org in directory.organizations()] == ["mirai", "sakura"]
        assert [key.seq for key in directory.keys_of("sakura", "seal")] == [4]

    def test_it_is_known_in_the_next_run_without_the_hub(
        self, store: AssetStore, transport: Transport, pins: Pins, local_hub: LocalHub
    ) -> None:
        pins.refresh()
        asked = len(local_hub.requests)
        again = pinned(store, transport, "")
        assert [org.slug for org in again.directory.organizations()] == ["mirai", "sakura"]
        assert len(local_hub.requests) == asked

    def test_only_what_is_new_is_asked_for(
        self, pins: Pins, shown: ShownLedger, local_hub: LocalHub
    ) -> None:
        pins.refresh()
        shown.register("sakura", sealing_key(8))
        pins.refresh()
        assert [asked.path.partition("after=")[2] for asked in local_hub.to("/v1/directory")] == [
            "-1&limit=200",
            "4&limit=200",
        ]
        assert len(pins.directory.keys_of("sakura", "seal")) == 2

    def test_an_entry_that_contradicts_the_others_is_not_believed(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        shown.enter(shown.sign("key.revoked", "mirai", body={"kid": "AAAA"}), "mirai")
        with pytest.raises(DistrustError, match="revokes a key"):
            pins.refresh()

    def test_a_key_signed_by_a_strangers_key_is_not_believed(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        shown.signing["sakura"] = signing_key(99)
        shown.register("sakura", sealing_key(8))
        with pytest.raises(DistrustError, match="no key of sakura"):
            pins.refresh()

    def test_entry_0_must_name_the_pinned_key(
        self, store: AssetStore, transport: Transport, local_hub: LocalHub
    ) -> None:
        ledger = ShownLedger()
        ledger.log_key = signing_key(99)  # signs the checkpoints of what another key has opened
        ledger.show(local_hub)
        with pytest.raises(DistrustError, match="another key of the ledger"):
            pinned(store, transport, "").refresh()

    def test_a_register_that_runs_in_a_circle_is_given_up(
        self, pins: Pins, local_hub: LocalHub
    ) -> None:
        local_hub.tell("GET", "/v1/directory", Told.of({"items": [], "next": -1}))
        with pytest.raises(DistrustError, match="circle"):
            pins.refresh()


class TestCheckpoints:
    def test_a_ledger_that_grows_is_the_same_ledger(self, pins: Pins, shown: ShownLedger) -> None:
        pins.refresh()
        for _ in range(20):
            withdrawal(shown)
            pins.refresh()

    def test_a_ledger_over_several_tiles_is_the_same_ledger(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        pins.refresh()
        for size in (256, 257, 300):
            while shown.size < size:
                withdrawal(shown)
            pins.refresh()

    def test_a_rewritten_ledger_is_not_believed(
        self, store: AssetStore, transport: Transport, pins: Pins, shown: ShownLedger
    ) -> None:
        withdrawal(shown)
        pins.refresh()
        shown.entries.pop()
        shown.state("consent.withdrawn", "hub", "sakura", refs=CONSENT)
        withdrawal(shown)
        with pytest.raises(DistrustError, match="does not lead to the root"):
            pins.refresh()
        with pytest.raises(DistrustError, match="does not lead to the root"):
            pinned(store, transport, "").refresh()

    def test_two_roots_of_one_size_are_not_believed(self, pins: Pins, shown: ShownLedger) -> None:
        withdrawal(shown)
        pins.refresh()
        shown.entries.pop()
        shown.state("consent.withdrawn", "hub", "sakura", refs=CONSENT)
        with pytest.raises(DistrustError, match="two roots of one size"):
            pins.refresh()

    def test_an_older_checkpoint_of_the_same_ledger_is_no_lie(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        seq = withdrawal(shown)
        older = shown.prove(seq)
        withdrawal(shown)
        pins.refresh()
        assert pins.prove(older).seq == seq

    def test_a_checkpoint_that_nobody_signed_is_not_believed(
        self, pins: Pins, shown: ShownLedger, local_hub: LocalHub
    ) -> None:
        forged = shown.checkpoint().replace(b"ledger\n", b"ledger\n1", 1)
        local_hub.tell("GET", "/ledger/checkpoint", Told(body=forged))
        with pytest.raises(DistrustError):
            pins.refresh()

    def test_a_tile_that_is_gone_comes_from_the_full_one(
        self, pins: Pins, shown: ShownLedger, local_hub: LocalHub
    ) -> None:
        pins.refresh()
        withdrawal(shown)

        def full_only(asked: Asked) -> Told:
            if ".p/" in asked.path:
                return Told.problem("not-found", 404, "Gone.")
            partial = f"{asked.path}.p/{shown.size}"
            whole = shown.answer(Asked(method="GET", path=partial, headers={}, body=b""))
            assert isinstance(whole.body, bytes)
            return Told(body=whole.body.ljust(8192, b"\0"), headers=whole.headers)

        local_hub.tell("GET", f"/ledger/tile/0/000.p/{shown.size}", full_only)
        local_hub.tell("GET", "/ledger/tile/0/000", full_only)
        pins.refresh()

    def test_a_signed_checkpoint_whose_tiles_are_withheld_is_not_believed(
        self, pins: Pins, shown: ShownLedger, local_hub: LocalHub
    ) -> None:
        pins.refresh()
        withdrawal(shown)
        gone = Told.problem("not-found", 404, "Gone.")
        local_hub.tell("GET", f"/ledger/tile/0/000.p/{shown.size}", gone)
        local_hub.tell("GET", "/ledger/tile/0/000", gone)
        with pytest.raises(DistrustError, match="without the tiles"):
            pins.refresh()


class TestProofs:
    def test_a_proven_act_comes_with_its_place_and_who_is_shown(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        seq = withdrawal(shown)
        pins.refresh()
        proven = pins.prove(shown.prove(seq))
        assert (proven.seq, proven.orgs) == (seq, ("mirai",))
        assert proven.signed.attestation.kind == "consent.withdrawn"

    @pytest.mark.parametrize(
        "spoil",
        [
            lambda proof: {**proof, "path": proof["path"][1:]},
            lambda proof: {**proof, "reveal": ""},
            lambda proof: {**proof, "reveal": b64url_encode(b"\0" * 40)},
            lambda proof: {**proof, "entry": flipped(proof["entry"])},
            lambda proof: {**proof, "checkpoint": proof["checkpoint"][:-8]},
            lambda proof: {key: value for key, value in proof.items() if key != "path"},
            lambda _: {},
        ],
    )
    def test_a_proof_with_anything_changed_proves_nothing(
        self,
        pins: Pins,
        shown: ShownLedger,
        spoil: Callable[[dict[str, object]], dict[str, object]],
    ) -> None:
        seq = withdrawal(shown)
        pins.refresh()
        with pytest.raises(DistrustError):
            pins.prove(spoil(dict(shown.prove(seq))))

    def test_an_act_that_the_hub_did_not_sign_is_not_the_hubs(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        forged = shown.sign("consent.withdrawn", "hub", refs=CONSENT, key=signing_key(99))
        seq = shown.enter(forged, "mirai")
        pins.refresh()
        with pytest.raises(DistrustError, match="no key of hub"):
            pins.prove(shown.prove(seq))

    def test_an_entry_that_says_another_kind_than_its_act_is_not_believed(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        seq = withdrawal(shown)
        raw = shown.entries[seq].replace(b"consent.withdrawn", b"consent.given")
        shown.entries[seq] = raw
        pins.refresh()
        with pytest.raises(DistrustError, match="something else"):
            pins.prove(shown.prove(seq))


class TestSealingKeys:
    def test_in_a_demo_a_sealing_key_serves_at_once(self, pins: Pins) -> None:
        (key,) = pins.refresh().keys_of("sakura", "seal")
        assert pins.may_seal_to(key, AT)

    @pytest.mark.parametrize(
        ("since_first_seen", "serves"),
        [
            (timedelta(0), False),
            (timedelta(hours=24) - timedelta(seconds=1), False),
            (timedelta(hours=24), True),
        ],
    )
    def test_in_earnest_it_serves_after_a_day_in_our_own_sight(
        self,
        store: AssetStore,
        local_hub: LocalHub,
        moment: datetime,
        since_first_seen: timedelta,
        *,
        serves: bool,
    ) -> None:
        ledger = ShownLedger(demo=False)
        ledger.admit("sakura", "agency")
        ledger.register("sakura", sealing_key(7))
        ledger.show(local_hub)
        with Transport(local_hub.url, now=lambda: moment, patience=Patience()) as transport:
            pinned(store, transport, "").refresh()
            later = pinned(store, transport, "")
        (key,) = later.directory.keys_of("sakura", "seal")
        assert later.may_seal_to(key, moment + since_first_seen) is serves

    def test_while_a_new_one_ripens_the_old_one_serves_and_then_both_do(
        self, store: AssetStore, local_hub: LocalHub, moment: datetime
    ) -> None:
        ledger = ShownLedger(demo=False)
        ledger.admit("sakura", "agency")
        ledger.register("sakura", sealing_key(7))
        ledger.show(local_hub)
        now = [moment]
        with Transport(local_hub.url, now=lambda: now[0], patience=Patience()) as transport:
            pinned(store, transport, "").refresh()
            ledger.register("sakura", sealing_key(8))
            now[0] += timedelta(hours=30)
            pins = pinned(store, transport, "")
            old, new = pins.refresh().keys_of("sakura", "seal")
            serve = [
                [pins.may_seal_to(key, now[0] + timedelta(hours=hours)) for key in (old, new)]
                for hours in (0, 23, 24)
            ]
            assert serve == [[True, False], [True, False], [True, True]]
            ledger.state("key.revoked", "sakura", "sakura", body={"kid": old.name})
            (left,) = pins.refresh().keys_of("sakura", "seal")
        assert left.name == new.name

    def test_a_revoked_key_and_a_key_for_something_else_serve_never(
        self, pins: Pins, shown: ShownLedger
    ) -> None:
        (before,) = pins.refresh().keys_of("sakura", "seal")
        shown.register("sakura", sealing_key(8), "reveal")
        shown.state("key.revoked", "sakura", "sakura", body={"kid": before.name})
        directory = pins.refresh()
        after = directory.key(before.name)
        (reveal,) = directory.keys_of("sakura", "reveal")
        assert after is not None
        assert not pins.may_seal_to(after, AT)
        assert not pins.may_seal_to(reveal, AT)


def flipped(text: object) -> str:
    """Return base64url of the same bytes with one bit of the last one changed."""
    raw = bytearray(b64url_decode(str(text)))
    raw[-3] ^= 1
    return b64url_encode(bytes(raw))
