"""One key following another, judged by whoever knows the old one, the new one, or both."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from exchange.domain.errors import AlreadyKnownError, NotFoundError, StepRefusedError
from exchange.hub import Hub
from exchange.services import key_rotation, ledger, own_keys, published
from exchange.services.ledger import Fact
from exchange.vault import keyring
from relay_protocol import ids, jwk, note
from relay_protocol.note import VerifierKey
from tests.story.auditing import Desk
from tests.story.scheme import Consortium

WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def drawn(hub: Hub, purpose: str) -> Ed25519PrivateKey:
    """Draw a key for a purpose."""
    return keyring.draw(hub.settings.keys, purpose)[1]


def rotate(hub: Hub, purpose: str) -> str:
    """Let a new key follow that of a purpose, and publish it; return its name."""
    with hub.work() as work:
        name = key_rotation.register(work, purpose, drawn(hub, purpose))
    hub.sequence()
    return name


def retire(hub: Hub, purpose: str, *, name: str = "", at_once: bool = False) -> str:
    """Revoke the older key of a purpose, and publish that; return its name."""
    with hub.work() as work:
        retired = key_rotation.retire(work, purpose, name=name, at_once=at_once)
    hub.sequence()
    return retired.name


def later(hub: Hub, time: timedelta) -> None:
    """Move the demo's clock."""
    clock = hub.settings.clock
    assert clock is not None
    seconds = int(clock.read_text()) if clock.exists() else 0
    clock.write_text(str(seconds + int(time.total_seconds())))


def in_earnest(hub: Hub) -> Hub:
    """Return the same hub as that of a scheme that is no demo."""
    return replace(hub, scheme=replace(hub.scheme, demo=False))


def signers(hub: Hub) -> set[str]:
    """Return the names of the log's keys that have signed the published checkpoint."""
    with hub.reading() as work:
        newest = published.newest(work.session)
        known = {own_keys.verifier_of(work, key): key.name for key in own_keys.keys(work, "log")}
    assert newest is not None
    opened = note.open_note(newest.note, known)
    return {name for key, name in known.items() if opened.signed_by(key)}


def decline(hub: Hub, number: int) -> None:
    """Let the hub attest something."""
    claim = ids.new_id("clm", number.to_bytes(16))
    with hub.work() as work:
        ledger.attest_as_hub(work, Fact(kind="claim.declined", refs={"claim": claim}))
    hub.sequence()


class TestTheLog:
    def test_is_signed_by_the_old_key_then_by_both_then_by_the_new_one(self, hub: Hub) -> None:
        (old,) = signers(hub)
        new = rotate(hub, "log")
        assert signers(hub) == {old, new}
        later(hub, WEEK)
        assert retire(hub, "log") == old
        assert signers(hub) == {new}
        decline(hub, 1)
        assert signers(hub) == {new}

    def test_a_file_beside_the_first_signs_nothing_before_it_is_registered(self, hub: Hub) -> None:
        drawn(hub, "log")
        decline(hub, 1)
        assert len(signers(replace(hub, keyring=keyring.load(hub.settings.keys)))) == 1

    def test_a_hub_at_work_signs_with_a_key_that_another_process_has_drawn(self, hub: Hub) -> None:
        other = replace(hub, keyring=keyring.load(hub.settings.keys))
        new = rotate(other, "log")
        decline(hub, 1)
        assert new in signers(hub)

    def test_goes_on_with_the_new_key_once_the_old_file_is_taken_away(self, hub: Hub) -> None:
        new = rotate(hub, "log")
        later(hub, WEEK)
        retire(hub, "log")
        (hub.settings.keys / "log.pem").unlink()
        again = replace(hub, keyring=keyring.load(hub.settings.keys))
        decline(again, 1)
        assert signers(again) == {new}

    def test_three_rotations_leave_one_key(self, hub: Hub) -> None:
        for _ in range(3):
            new = rotate(hub, "log")
            later(hub, WEEK)
            retire(hub, "log")
        assert signers(hub) == {new}
        with hub.reading() as work:
            assert [key.stands for key in own_keys.keys(work, "log")] == [False] * 3 + [True]


class TestTheHub:
    def test_attests_with_the_new_key_from_its_registration_on(self, hub: Hub) -> None:
        new = rotate(hub, "hub")
        with hub.work() as work:
            recorded = ledger.attest_as_hub(
                work, Fact(kind="claim.declined", refs={"claim": ids.new_id("clm", bytes(16))})
            )
        hub.sequence()
        with hub.reading() as work:
            proof = ledger.proof_of(work, recorded.id)
        assert proof is not None
        signed, _ = proof.check(VerifierKey.parse(hub.scheme.ledger_vkey))
        assert signed.kid == new


class TestTheOperator:
    def test_signs_the_end_of_its_older_key_with_the_newer_one(self, hub: Hub) -> None:
        new = rotate(hub, "operator")
        later(hub, WEEK)
        old = retire(hub, "operator")
        assert old == jwk.kid_of(hub.keyring.signing["operator"].public_key())
        with hub.reading() as work:
            assert jwk.kid_of(own_keys.signing_key(work, "operator").public_key()) == new

    def test_a_key_that_is_ended_does_not_sign_that_itself(self, hub: Hub) -> None:
        new = rotate(hub, "operator")
        later(hub, MINUTE)
        assert retire(hub, "operator", name=new) == new
        with hub.reading() as work:
            left = own_keys.signing_key(work, "operator")
        assert left.private_bytes_raw() == hub.keyring.signing["operator"].private_bytes_raw()


class TestAnEnd:
    @pytest.mark.parametrize("purpose", ["log", "hub", "operator"])
    def test_of_the_only_key_is_refused(self, hub: Hub, purpose: str) -> None:
        with pytest.raises(StepRefusedError, match="No other key"):
            retire(hub, purpose, at_once=True)

    def test_is_refused_while_the_newer_key_is_not_published(self, hub: Hub) -> None:
        with hub.work() as work:
            key_rotation.register(work, "log", drawn(hub, "log"))
        later(hub, WEEK)
        with pytest.raises(StepRefusedError, match="published"):
            retire(hub, "log")
        hub.sequence()
        retire(hub, "log")

    def test_is_refused_where_the_newer_keys_file_is_missing(self, hub: Hub) -> None:
        path, key = keyring.draw(hub.settings.keys, "log")
        with hub.work() as work:
            key_rotation.register(work, "log", key)
        hub.sequence()
        later(hub, WEEK)
        path.unlink()
        gone = replace(hub, keyring=keyring.load(hub.settings.keys))
        with pytest.raises(StepRefusedError, match="file"):
            retire(gone, "log")

    @pytest.mark.parametrize(
        ("waited", "refused"), [(WEEK - timedelta(minutes=1), True), (WEEK, False)]
    )
    def test_in_earnest_waits_for_seven_days(
        self, hub: Hub, waited: timedelta, *, refused: bool
    ) -> None:
        earnest = in_earnest(hub)
        rotate(earnest, "log")
        later(hub, waited)
        if refused:
            with pytest.raises(StepRefusedError, match="less than 7 days"):
                retire(earnest, "log")
        else:
            retire(earnest, "log")

    def test_in_earnest_comes_at_once_where_the_key_is_in_wrong_hands(self, hub: Hub) -> None:
        earnest = in_earnest(hub)
        rotate(earnest, "log")
        later(hub, MINUTE)
        retire(earnest, "log", at_once=True)

    def test_in_a_demo_need_not_wait_and_is_called_short(self, hub: Hub) -> None:
        rotate(hub, "hub")
        later(hub, MINUTE)
        with hub.work() as work:
            assert key_rotation.retire(work, "hub").is_short

    def test_waits_for_acts_that_are_under_way(self, hub: Hub) -> None:
        rotate(hub, "hub")
        with pytest.raises(StepRefusedError, match="under way"):
            retire(hub, "hub", at_once=True)

    def test_of_a_key_that_does_not_stand_is_refused(self, hub: Hub) -> None:
        rotate(hub, "log")
        later(hub, WEEK)
        with pytest.raises(NotFoundError):
            retire(hub, "log", name="A" * 43)


class TestABeginning:
    def test_is_refused_while_two_stand(self, hub: Hub) -> None:
        rotate(hub, "log")
        with pytest.raises(StepRefusedError, match="Two keys"):
            rotate(hub, "log")

    def test_takes_no_key_that_is_known_already(self, hub: Hub, consortium: Consortium) -> None:
        for known in (hub.keyring.signing["hub"], consortium.members[0].signing):
            with pytest.raises(AlreadyKnownError), hub.work() as work:
                key_rotation.register(work, "log", known)

    def test_goes_on_with_a_key_that_was_drawn_and_not_registered(self, hub: Hub) -> None:
        with hub.reading() as work:
            assert key_rotation.undrawn(work, "log") is None
        key = drawn(hub, "log")
        again = replace(hub, keyring=keyring.load(hub.settings.keys))
        with again.reading() as work:
            found = key_rotation.undrawn(work, "log")
        assert found is not None
        assert found.private_bytes_raw() == key.private_bytes_raw()
        with again.work() as work:
            key_rotation.register(work, "log", found)
        with again.reading() as work:
            assert key_rotation.undrawn(work, "log") is None


def test_an_audit_follows_every_key_from_the_first_to_the_last(
    consortium: Consortium, tmp_path: Path
) -> None:
    hub = consortium.hub
    desk = Desk.of(consortium, tmp_path / "desk")
    desk.receive()
    assert desk.offline().code == 0
    for purpose in ("operator", "hub", "log"):
        rotate(hub, purpose)
    desk.receive()
    said = desk.offline()
    assert said.code == 0, (said.errors, said.report)
    later(hub, WEEK)
    for purpose in ("operator", "hub", "log"):
        retire(hub, purpose)
    desk.receive()
    # The auditor still names the first key: its state has seen on the ledger which one followed.
    said = desk.offline()
    assert said.code == 0, (said.errors, said.report)
