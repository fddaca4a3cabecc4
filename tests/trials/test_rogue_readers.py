"""What a hub that lies gets from clients, witnesses and watches, and what they hold against it."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from career_relay import receipts
from career_relay.agency import Agency
from career_relay.assets.store import open_store
from career_relay.config import RelayConfig, Role
from career_relay.connection import Connection, connect
from career_relay.errors import DistrustError
from career_relay.keys import keep
from career_relay.pins import Pins, pinned
from career_relay.transport import Patience, Transport
from career_relay.witness.cosigner import Witness
from career_relay.witness.state import WitnessState
from relay_protocol import jwk, merkle, note
from relay_protocol.attestation import SignedAttestation, from_jws
from relay_protocol.canonical import Value
from relay_protocol.cli import main
from relay_protocol.entry import Reveal
from relay_protocol.errors import (
    EvidenceError,
    InconsistentCheckpointError,
    StaleSizeError,
    WitnessRefusal,
)
from relay_protocol.evidence import Evidence, Inclusion, same_index, same_size
from relay_protocol.forks import Side, prove_fork
from relay_protocol.note import Checkpoint, SignerKey
from relay_protocol.proof import Proof
from relay_protocol.proof_file import encode_proof
from relay_protocol.witnessing import AddCheckpoint
from tests.rogue import TEXT, RogueHub, busy
from tests.story.hand_ledger import (
    AGENCY,
    HIRER,
    HUB,
    LOG,
    kids,
    sealing_key,
    signing_key,
)
from tests.story.local_hub import LocalHub, Told

OTHERS = (HIRER, AGENCY)
CLAIM = f"clm_{'0' * 26}"
END = f"/v1/agency/claims/{CLAIM}/end"
ENDED = {"id": CLAIM, "pairwise": "p", "vacancy": "v", "job_kind": "k", "state": "ended"}


@pytest.fixture
def hub() -> RogueHub:
    """Return a hub that was honest so far: a candidate has gone all the way."""
    opened = RogueHub.opened()
    busy(opened)
    return opened


@pytest.fixture
def server() -> Iterator[LocalHub]:
    """Return a server on this machine."""
    opened = LocalHub()
    yield opened
    opened.close()


def checkpoint_of(hub: RogueHub) -> Checkpoint:
    return Checkpoint(origin=LOG, size=hub.size, root=hub.tree.root(hub.size))


def side_of(hub: RogueHub) -> Side:
    return Side(note=hub.checkpoint(), checkpoint=checkpoint_of(hub), node=hub.tree.node)


def forked(hub: RogueHub) -> RogueHub:
    """Return the other history, in which an entry shows other organizations."""
    other = hub.fork()
    other.edit(20, orgs=OTHERS)
    return other


class TestWitness:
    """A witness cosigns one history, and keeps what proves a second one."""

    @pytest.fixture
    def witness(self, hub: RogueHub, tmp_path: Path) -> Witness:
        signer = SignerKey(
            name="witness.example/w1", kind=note.COSIGNATURE, private_key=signing_key("w1")
        )
        return Witness(
            signer=signer,
            log_keys=(hub.log_key.verifier,),
            state=WitnessState.begin(tmp_path / "witness.db", signer.verifier),
            now_s=lambda: 1_800_000_000,
            tell=lambda _happening: None,
        )

    def ask(self, witness: Witness, hub: RogueHub, old_size: int) -> bytes:
        """Let a hub ask for a cosignature of its newest checkpoint."""
        path = merkle.consistency_path(old_size, hub.size, hub.tree.node) if old_size else ()
        request = AddCheckpoint(old_size=old_size, path=tuple(path), note=hub.checkpoint())
        return witness.add_checkpoint(request.encode())

    def refused(self, witness: Witness, hub: RogueHub, old_size: int) -> WitnessRefusal:
        with pytest.raises(WitnessRefusal) as refusal:
            self.ask(witness, hub, old_size)
        return refusal.value

    def test_one_history_is_cosigned_as_it_grows(self, hub: RogueHub, witness: Witness) -> None:
        size = hub.size
        assert self.ask(witness, hub, 0)
        hub.count_closed(0)
        assert self.ask(witness, hub, size)

    def test_a_second_history_is_refused_with_422(self, hub: RogueHub, witness: Witness) -> None:
        self.ask(witness, hub, 0)
        hub.turn()
        other = forked(hub)
        other.count_closed(0)
        refusal = self.refused(witness, other, hub.size)
        assert isinstance(refusal, InconsistentCheckpointError)
        assert refusal.status == 422

    def test_a_second_root_of_one_size_is_refused_and_proved(
        self, hub: RogueHub, witness: Witness
    ) -> None:
        self.ask(witness, hub, 0)
        hub.turn()
        refusal = self.refused(witness, forked(hub), hub.size)
        assert refusal.status == 422
        (alarm,) = witness.state.alarms()
        proved = same_size([hub.log_key.verifier], alarm.cosigned, alarm.shown)
        assert proved.check(hub.log_key.verifier).form == "same-size"

    def test_a_log_that_has_shrunk_is_refused_with_409_and_the_size_it_had(
        self, hub: RogueHub, witness: Witness
    ) -> None:
        self.ask(witness, hub, 0)
        size = hub.size
        hub.turn()
        hub.cut(size - 1)
        refusal = self.refused(witness, hub, size - 2)
        assert isinstance(refusal, StaleSizeError)
        assert (refusal.status, refusal.size) == (409, size)


class TestEvidence:
    """Two signed checkpoints convict a hub before anybody, offline."""

    def test_two_roots_of_one_size_convict(self, hub: RogueHub, tmp_path: Path) -> None:
        hub.turn()
        found = prove_fork([hub.log_key.verifier], side_of(hub), side_of(forked(hub)))
        assert self.proves(found, hub, tmp_path) == 0
        assert found.form == "same-size"

    def test_two_entries_at_one_place_convict(self, hub: RogueHub, tmp_path: Path) -> None:
        hub.turn()
        other = forked(hub)
        other.count_closed(0)
        found = prove_fork([hub.log_key.verifier], side_of(hub), side_of(other))
        assert self.proves(found, hub, tmp_path) == 0
        assert (found.form, found.index) == ("same-index", 20)

    def test_a_receipt_and_a_ledger_without_its_act_convict(
        self, hub: RogueHub, tmp_path: Path
    ) -> None:
        """What an organization holds of its own act is enough against a rewritten ledger."""
        receipt = hub.prove(20)
        hub.turn()
        hub.drop(20)
        hub.count_closed(0)
        hub.count_closed(0)
        mine = Inclusion(leaf=merkle.leaf_hash(receipt.entry), path=receipt.path)
        theirs = hub.prove(20)
        other = Inclusion(leaf=merkle.leaf_hash(theirs.entry), path=theirs.path)
        found = same_index(
            [hub.log_key.verifier], 20, (receipt.checkpoint, mine), (theirs.checkpoint, other)
        )
        assert self.proves(found, hub, tmp_path) == 0

    def test_one_honest_history_convicts_nobody(self, hub: RogueHub) -> None:
        before = side_of(hub.fork())
        hub.count_closed(0)
        with pytest.raises(EvidenceError, match="one history"):
            prove_fork([hub.log_key.verifier], before, side_of(hub))

    def proves(self, found: Evidence, hub: RogueHub, folder: Path) -> int:
        """Return the exit code of `relay-audit evidence`."""
        (folder / "evidence.txt").write_bytes(found.encode())
        vkey = hub.log_key.verifier.encode()
        return main(["evidence", str(folder / "evidence.txt"), "--vkey", vkey])


class TestWatch:
    """`relay-audit watch` ends with 1 and keeps the evidence."""

    def look(self, hub: RogueHub, server: LocalHub, folder: Path) -> int:
        url = hub.show(server)
        command = ["watch", f"{url}/ledger", "--vkey", hub.log_key.verifier.encode(), "--once"]
        return main([*command, "--state", str(folder / "watch.state")])

    def test_a_ledger_that_grows_is_all_right(
        self, hub: RogueHub, server: LocalHub, tmp_path: Path
    ) -> None:
        assert self.look(hub, server, tmp_path) == 0
        hub.count_closed(0)
        assert self.look(hub, server, tmp_path) == 0

    @pytest.mark.parametrize("more", [0, 1])
    def test_another_history_is_an_alarm_with_evidence(
        self, hub: RogueHub, server: LocalHub, tmp_path: Path, more: int
    ) -> None:
        assert self.look(hub, server, tmp_path) == 0
        hub.turn()
        other = forked(hub)
        for _ in range(more):
            other.count_closed(0)
        assert self.look(other, server, tmp_path) == 1
        # The honest face does not put it right again.
        assert self.look(hub, server, tmp_path) == 1

    def test_a_ledger_that_has_shrunk_is_an_alarm(
        self, hub: RogueHub, server: LocalHub, tmp_path: Path
    ) -> None:
        assert self.look(hub, server, tmp_path) == 0
        hub.turn()
        hub.cut(20)
        assert self.look(hub, server, tmp_path) == 1


@pytest.fixture
def sakura(hub: RogueHub, server: LocalHub, tmp_path: Path) -> Iterator[Connection]:
    """Return the connection of an agency to the hub."""
    with ExitStack() as stack:
        yield connected(hub, server, tmp_path, AGENCY, "agency", stack)


def connected(
    hub: RogueHub, server: LocalHub, folder: Path, slug: str, role: Role, stack: ExitStack
) -> Connection:
    """Return the connection of an organization to the hub, at the hub's own time."""
    key = folder / f"{slug}.pem"
    keep(signing_key(slug), key)
    config = RelayConfig(
        hub=hub.show(server),
        slug=slug,
        role=role,
        store=folder / f"{slug}.db",
        letters=folder / "letters",
        signing_key=key,
    )
    opened = stack.enter_context(connect(config, language="en", patience=Patience(attempts=1)))
    opened.transport.now = lambda: hub.now
    return replace(opened, attester=replace(opened.attester, now=lambda: hub.now))


class TestReceipts:
    """A client holds each receipt against what it has sent, and keeps a false one."""

    def send(self, sakura: Connection, server: LocalHub) -> SignedAttestation:
        """Let the agency send an act, which the hub says it has taken."""
        server.tell("POST", END, Told.of(ENDED))
        Agency(sakura.transport, sakura.attester).end_claim(CLAIM, "filled")
        return from_jws(str(server.to(END)[-1].document["attestation"]))

    def alarm(self, sakura: Connection) -> str:
        (alarm,) = receipts.complete(sakura, wait_s=0).alarms
        return alarm.said.en

    def give(self, hub: RogueHub, act: SignedAttestation, proof: Proof) -> None:
        hub.receipts[act.attestation.id] = encode_proof(proof)

    def test_a_true_receipt_is_kept(
        self, hub: RogueHub, server: LocalHub, sakura: Connection
    ) -> None:
        act = self.send(sakura, server)
        hub.enter(act, AGENCY)
        self.give(hub, act, hub.prove(hub.size - 1))
        done = receipts.complete(sakura, wait_s=0)
        assert (done.kept, done.alarms) == (1, [])

    def test_the_receipt_of_another_act_is_an_alarm(
        self, hub: RogueHub, server: LocalHub, sakura: Connection
    ) -> None:
        act = self.send(sakura, server)
        hub.turn()
        other = hub.state("claim.declined", HUB, AGENCY, refs={"claim": CLAIM})
        assert other
        self.give(hub, act, hub.prove(hub.size - 1))
        assert "does not say what we have signed" in self.alarm(sakura)

    def test_a_receipt_whose_reveal_is_not_what_was_sent_is_an_alarm(
        self, hub: RogueHub, server: LocalHub, sakura: Connection
    ) -> None:
        act = self.send(sakura, server)
        hub.enter(act, AGENCY)
        hub.turn()
        said = act.attestation
        forged = hub.sign(said.kind, AGENCY, refs=said.refs, body={"reason": "not-genuine"})
        false = Reveal(salt=bytes(32), signed=forged.wire)
        self.give(hub, act, replace(hub.prove(hub.size - 1), reveal=false))
        assert "FALSE RECEIPT" in self.alarm(sakura)

    def test_an_act_entered_otherwise_than_it_was_sent_is_an_alarm(
        self, hub: RogueHub, server: LocalHub, sakura: Connection
    ) -> None:
        act = self.send(sakura, server)
        hub.turn()
        said = act.attestation
        forged = hub.sign(
            said.kind, AGENCY, refs=said.refs, body={"reason": "not-genuine"}, name=said.id
        )
        hub.enter(forged, AGENCY)
        self.give(hub, act, hub.prove(hub.size - 1))
        assert "no key of sakura" in self.alarm(sakura)

    def test_a_receipt_from_another_history_is_an_alarm(
        self, hub: RogueHub, server: LocalHub, sakura: Connection
    ) -> None:
        sakura.pins.refresh()
        act = self.send(sakura, server)
        hub.turn()
        other = forked(hub)
        other.enter(act, AGENCY)
        other.receipts = hub.receipts
        self.give(hub, act, other.prove(other.size - 1))
        server.tell("GET", "/ledger/checkpoint", Told(body=hub.checkpoint(), headers=TEXT))
        other.show(server)
        assert "FALSE RECEIPT" in self.alarm(sakura)

    def test_an_act_that_is_taken_and_never_entered_is_an_alarm_after_a_day(
        self, hub: RogueHub, server: LocalHub, sakura: Connection
    ) -> None:
        self.send(sakura, server)
        hub.turn()
        assert receipts.complete(sakura, wait_s=0).alarms == []
        hub.wait(hours=25)
        assert "NO RECEIPT within a day" in self.alarm(sakura)


class TestRegister:
    """A client believes the register only as far as the keys in it have signed for one another."""

    @pytest.fixture
    def pins(self, hub: RogueHub, server: LocalHub, tmp_path: Path) -> Iterator[Pins]:
        with ExitStack() as stack:
            store = stack.enter_context(open_store(tmp_path / "assets.db"))
            transport = stack.enter_context(
                Transport(hub.show(server), now=lambda: hub.now, patience=Patience(attempts=1))
            )
            yield pinned(store, transport, "")

    def seal_key(self, hub: RogueHub) -> None:
        """Register a key of the hub's own as the agency's."""
        own: dict[str, Value] = dict(jwk.from_key(sealing_key("rogue").public_key()))
        body: dict[str, Value] = {"purpose": "seal", "key": own, "person": "", "credential": ""}
        hub.state("key.registered", AGENCY, AGENCY, body=body)

    def test_a_key_that_the_agency_has_registered_is_sealed_to(
        self, hub: RogueHub, pins: Pins
    ) -> None:
        (key,) = pins.refresh().keys_of(AGENCY, "seal")
        assert [key.name] == kids([AGENCY])
        assert pins.may_seal_to(key, hub.now)

    def test_a_sealing_key_that_the_hub_has_swapped_is_not_believed(
        self, hub: RogueHub, pins: Pins
    ) -> None:
        pins.refresh()
        hub.turn()
        self.seal_key(hub)
        with pytest.raises(DistrustError, match="no key of sakura"):
            pins.refresh()
        assert [key.name for key in pins.directory.keys_of(AGENCY, "seal")] == kids([AGENCY])

    def test_a_sealing_key_signed_by_a_stolen_key_waits_for_a_day(
        self, server: LocalHub, tmp_path: Path
    ) -> None:
        """In a real scheme the agency has a day to see it on the ledger, and to revoke it."""
        hub = RogueHub.opened(demo=False)
        hub.turn(AGENCY)
        self.seal_key(hub)
        with ExitStack() as stack:
            store = stack.enter_context(open_store(tmp_path / "assets.db"))
            transport = stack.enter_context(
                Transport(hub.show(server), now=lambda: hub.now, patience=Patience(attempts=1))
            )
            pins = pinned(store, transport, "")
            *_, swapped = pins.refresh().keys_of(AGENCY, "seal")
        day = timedelta(hours=24)
        seen_at: datetime = hub.now
        assert not pins.may_seal_to(swapped, seen_at + day - timedelta(seconds=1))
        assert pins.may_seal_to(swapped, seen_at + day)

    def test_a_client_is_not_shown_what_the_hub_leaves_out(
        self, hub: RogueHub, server: LocalHub, pins: Pins
    ) -> None:
        """Each item of the register is proved, not that there is no other: an audit must tell."""
        pins.refresh()
        hub.revoke(AGENCY, str(kids([AGENCY])[0]))
        hub.turn()
        nothing = Told.of({"items": [], "next": None})
        server.tell("GET", "/v1/directory", nothing)
        (key,) = pins.refresh().keys_of(AGENCY, "seal")
        assert pins.may_seal_to(key, hub.now)
        # Once it is shown, there is no way back.
        server.tell("GET", "/v1/directory", hub.answer)
        assert not pins.refresh().keys_of(AGENCY, "seal")
        server.tell("GET", "/v1/directory", nothing)
        assert not pins.refresh().keys_of(AGENCY, "seal")

    def test_another_history_is_not_believed(
        self, hub: RogueHub, server: LocalHub, pins: Pins
    ) -> None:
        pins.refresh()
        hub.turn()
        other = forked(hub)
        other.show(server)
        with pytest.raises(DistrustError, match="two roots of one size"):
            pins.refresh()
        other.count_closed(0)
        with pytest.raises(DistrustError):
            pins.refresh()

    def test_a_key_of_the_log_that_nobody_knows_is_not_believed(
        self, hub: RogueHub, pins: Pins
    ) -> None:
        pins.refresh()
        hub.turn()
        hub.log_signer = "another"
        with pytest.raises(DistrustError):
            pins.refresh()
