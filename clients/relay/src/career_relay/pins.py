"""What this client has seen of the ledger, kept for good: the hub can take nothing back."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from career_relay.assets import sightings
from career_relay.assets.store import AssetStore
from career_relay.errors import DistrustError, HubRefusedError, NotReadyError
from career_relay.transport import Transport
from career_relay.words import Words
from relay_protocol import merkle, note, tiles
from relay_protocol.attestation import SignedAttestation
from relay_protocol.directory import Directory, RegisteredKey
from relay_protocol.entry import Entry
from relay_protocol.errors import NoteError, ProtocolError, UnsignedError
from relay_protocol.note import Checkpoint, VerifierKey
from relay_protocol.policy import Policy
from relay_protocol.proof import Proof

Document: TypeAlias = Mapping[str, object]

SEALING_KEYS_WAIT = timedelta(hours=24)
"""A new sealing key is sealed to when it was seen in a checkpoint so long ago (ledger.md §1)."""
PUBLIC_ENTRIES_PER_PAGE = 200

_MISSING = 404
_TILE_BYTES = tiles.FULL_WIDTH * merkle.HASH_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeAnswer:
    """What the hub tells everybody of its scheme.

    Attributes:
        vkey: the newest key that signs the ledger's checkpoint.
        vkeys: all of them, oldest first: two while one follows another.
    """

    name: str
    name_en: str
    origin: str
    web_origin: str
    vkey: str
    demo: bool
    vkeys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofPage:
    """One page of proofs, and after which entry the next one begins."""

    items: list[dict[str, object]]
    next: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """An act that stands in the ledger, signed by a key that counted at its place.

    Attributes:
        is_witnessed: whether the checkpoint is cosigned by our policy's quorum; without a
            policy, nobody is asked for.
    """

    seq: int
    orgs: tuple[str, ...]
    signed: SignedAttestation
    is_witnessed: bool = True


class Pins:
    """The ledger as this client knows it; whatever disagrees with that is not believed."""

    def __init__(
        self,
        store: AssetStore,
        transport: Transport,
        log: VerifierKey,
        policy: Policy | None = None,
        *,
        vouched: VerifierKey | None = None,
        keeps: bool = True,
    ) -> None:
        """Take what pinned() has read.

        Args:
            vouched: a key that whoever has set this client up names beside the pinned one.
            keeps: whether what is seen is kept.
        """
        self.log = log
        self.policy = policy
        self.directory = Directory()
        self._store = store
        self._transport = transport
        self._vouched = vouched
        self._keeps = keeps
        self._newest: Checkpoint | None = None
        self._agreed: dict[int, bytes] = {}
        self._seen: dict[int, datetime] = {}

    @property
    def followed(self) -> tuple[VerifierKey, ...]:
        """The pinned key and those that have followed it on the ledger, as far as was seen.

        Never one before it: whoever pins a key need not believe what went before.
        """
        known = self._log_keys()
        pin = known.get(self.log)
        later = [] if pin is None else [key for key, one in known.items() if one.seq > pin.seq]
        return (self.log, *later)

    @property
    def logs(self) -> tuple[VerifierKey, ...]:
        """The keys by which checkpoints are believed."""
        vouched = () if self._vouched is None else (self._vouched,)
        return tuple(dict.fromkeys((*self.followed, *vouched)))

    def refresh(self) -> Directory:
        """Take the newest checkpoint and every public entry that is not known yet.

        Raises:
            DistrustError: the ledger is another than before, or an entry contradicts it.
            HubRefusedError, HubUnreachableError, HubAnswerError: the hub does not answer well.
        """
        raw = self._transport.read_bytes("/ledger/checkpoint", note.MAX_BYTES)
        self._agree(raw)
        after: int | None = self.directory.last_seq
        while after is not None:
            query = {"after": after, "limit": PUBLIC_ENTRIES_PER_PAGE}
            page = self._transport.read("/v1/directory", ProofPage, query)
            for document in page.items:
                self._take_public(document)
            if page.next is not None and page.next <= after:
                raise DistrustError(
                    Words(en="The register runs in a circle.", ja="登録簿が同じ所に戻ってきます。")
                )
            after = page.next
        self._require_log_keys(raw)
        return self.directory

    def prove(self, document: Document) -> Proven:
        """Return the act that a proof shows, its place and its maker's signature checked.

        Args:
            document: a proof as the hub gives it.

        Raises:
            DistrustError: it proves nothing, or stands in another ledger than was seen.
        """
        try:
            return self.prove_file(Proof.from_document(document))
        except ProtocolError as error:
            raise _broken(error) from error

    def prove_file(self, proof: Proof) -> Proven:
        """Return the act that a proof shows, as prove() does.

        Raises:
            DistrustError: it proves nothing, or stands in another ledger than was seen.
        """
        try:
            signed = proof.within(self._open(proof.checkpoint))
            entry = Entry.decode(proof.entry)
            if signed.attestation.kind != entry.kind or signed.attestation.log != self.log.name:
                raise _distrust("a proof of something else", "別のものの証明です")
            self._agree(proof.checkpoint)
            self.directory.check(signed, entry.seq)
            is_witnessed = self._is_witnessed(proof.checkpoint)
        except ProtocolError as error:
            raise _broken(error) from error
        return Proven(seq=entry.seq, orgs=entry.orgs, signed=signed, is_witnessed=is_witnessed)

    def may_seal_to(self, key: RegisteredKey, now: datetime) -> bool:
        """Return whether a sealing key stands, and has been seen for long enough."""
        if key.revoked is not None or key.purpose != "seal":
            return False
        return self.directory.scheme.demo or now - self._seen[key.seq] >= SEALING_KEYS_WAIT

    def restore(self) -> None:
        """Read again what was seen before, each signature checked once more.

        Raises:
            ProtocolError: what is kept is not what was seen.
        """
        with self._store.reading() as connection:
            for seen in sightings.entries(connection):
                self.directory.take(Entry.decode(seen.entry))
                self._seen[seen.seq] = seen.seen_at
            ledger = sightings.ledger(connection)
        if ledger is not None and ledger.checkpoint is not None:
            self._newest = self._open(ledger.checkpoint)
            self._agreed[self._newest.size] = self._newest.root

    def _log_keys(self) -> dict[VerifierKey, RegisteredKey]:
        """Return every key that the ledger has had, as far as we have seen."""
        return self.directory.log_keys() if self.directory.last_seq >= 0 else {}

    def _open(self, raw: bytes) -> Checkpoint:
        """Return a checkpoint which a key has signed that we know, and that stood at its size.

        Raises:
            DistrustError: none has.
            NoteError: it is none, or of another log.
        """
        logs, known = self.logs, self._log_keys()
        try:
            opened = note.open_note(raw, logs)
        except UnsignedError as error:
            raise _unknown_key() from error
        checkpoint = Checkpoint.parse(opened.text)
        if checkpoint.origin != self.log.name:
            raise NoteError("the checkpoint is that of another log")
        signers = [key for key in logs if opened.signed_by(key)]
        if not any(key not in known or known[key].stood_before(checkpoint.size) for key in signers):
            raise _distrust(
                "a checkpoint signed by a key that was revoked", "失効した鍵による要約署名です"
            )
        return checkpoint

    def _require_log_keys(self, raw: bytes) -> None:
        """Refuse a ledger that does not name our keys as its own, now that all of it is known."""
        known = self._log_keys()
        pin = known.get(self.log)
        if pin is None:
            raise _distrust("entry 0 names another key of the ledger", "最初の記載の鍵が違います")
        vouched = known.get(self._vouched) if self._vouched else pin
        if vouched is None or vouched.seq < pin.seq:
            raise _distrust("the ledger names another key of its own", "台帳の鍵の記載が違います")
        try:
            self._open(raw)
        except ProtocolError as error:
            raise _broken(error) from error

    def _is_witnessed(self, checkpoint: bytes) -> bool:
        """Return whether the quorum of our policy has cosigned; a false cosignature is refused."""
        if self.policy is None:
            return True
        return self.policy.check(checkpoint, log_keys=self.logs).is_quorate

    def _take_public(self, document: Document) -> None:
        """Check one public entry's proof, add it to the directory and keep it."""
        try:
            proof = Proof.from_document(document)
            proof.within(self._open(proof.checkpoint))
            self._agree(proof.checkpoint)
            entry = Entry.decode(proof.entry)
            self.directory.take(entry)
        except ProtocolError as error:
            raise _broken(error) from error
        now = self._transport.now()
        self._seen[entry.seq] = now
        if not self._keeps:
            return
        with self._store.transaction() as connection:
            sightings.keep_entry(connection, entry.seq, proof.entry, at=now)

    def _agree(self, raw: bytes) -> None:
        """Check that a checkpoint and all that were seen before are of one tree."""
        try:
            checkpoint = self._open(raw)
            known = self._agreed.get(checkpoint.size)
            if known is None and self._newest is not None:
                self._check_growth(self._newest, checkpoint)
            elif known is not None and known != checkpoint.root:
                raise _distrust(
                    f"two roots of one size, {checkpoint.size}",
                    f"大きさ {checkpoint.size} の要約が二通りあります",
                )
        except ProtocolError as error:
            raise _broken(error) from error
        self._agreed[checkpoint.size] = checkpoint.root
        if self._newest is None or checkpoint.size > self._newest.size:
            self._newest = checkpoint
            if not self._keeps:
                return
            with self._store.transaction() as connection:
                sightings.keep_checkpoint(connection, raw, at=self._transport.now())

    def _check_growth(self, one: Checkpoint, other: Checkpoint) -> None:
        """Check by the ledger's tiles that the smaller tree is the start of the larger one."""
        old, new = sorted((one, other), key=lambda checkpoint: checkpoint.size)
        node = tiles.nodes_of(self._tile, new.size)
        path = merkle.consistency_path(old.size, new.size, node)
        merkle.check_consistency(old.size, old.root, new.size, new.root, path)

    def _tile(self, level: int, index: int, width: int) -> bytes:
        """Return a tile's hashes, cut from the full tile where the partial one is gone."""
        partial = f"/ledger/{tiles.tile_path(level, index, width)}"
        full = f"/ledger/{tiles.tile_path(level, index)}"
        for path in dict.fromkeys((partial, full)):
            try:
                return self._transport.read_bytes(path, _TILE_BYTES)[: width * merkle.HASH_BYTES]
            except HubRefusedError as error:
                if error.problem.status != _MISSING:
                    raise
        raise _distrust(
            "a signed checkpoint without the tiles that belong to it",
            "署名された要約に、対応するタイルがありません",
        )


def pinned(
    store: AssetStore, transport: Transport, configured: str, policy: Policy | None = None
) -> Pins:
    """Return what was seen of the ledger before; at the first contact its key is pinned.

    Args:
        store: where it is kept.
        transport: the hub.
        configured: `ledger` of relay.toml, a verifier key; "" to trust what the hub shows first.
        policy: `policy` of relay.toml: whose cosignatures make a receipt whole.

    Where relay.toml names a key that has followed the pinned one while this client did not look,
    the ledger itself must show that it has.

    Raises:
        DistrustError: the key of the configuration is not the one pinned before, nor one that
            followed it; or, at the first contact, none that the hub shows.
        NotReadyError: the ledger has no key that could be read.
    """
    with store.reading() as connection:
        seen = sightings.ledger(connection)
    pin = seen.vkey if seen else _shown(transport, configured)
    vouched: VerifierKey | None = None
    try:
        log = VerifierKey.parse(pin)
        if configured and configured != pin:
            vouched = VerifierKey.parse(configured)
    except ProtocolError as error:
        raise NotReadyError(
            Words(en="The ledger's key cannot be read.", ja="監査台帳の鍵を読めません。")
        ) from error
    if seen is None:
        with store.transaction() as connection:
            sightings.pin_ledger(connection, pin, at=transport.now())
    pins = Pins(store, transport, log, policy, vouched=vouched)
    pins.restore()
    if vouched is not None and vouched not in pins.followed:
        _require_followed(store, transport, log, vouched)
    return pins


def _shown(transport: Transport, configured: str) -> str:
    """Return the key to pin at the first contact: the configured one, if the hub shows it.

    Raises:
        DistrustError: it does not.
    """
    answer = transport.read("/v1/scheme", SchemeAnswer)
    if not configured:
        return answer.vkey
    if configured not in {answer.vkey, *answer.vkeys}:
        raise _not_configured()
    return configured


def _require_followed(
    store: AssetStore, transport: Transport, log: VerifierKey, vouched: VerifierKey
) -> None:
    """Refuse a key that somebody vouches for unless the ledger shows that it followed ours.

    Nothing is kept of it before that is known.
    """
    trial = Pins(store, transport, log, vouched=vouched, keeps=False)
    try:
        trial.restore()
        trial.refresh()
    except DistrustError as error:
        raise _not_configured() from error


def _not_configured() -> DistrustError:
    return DistrustError(
        Words(
            en="The ledger's key is not the one in relay.toml.",
            ja="監査台帳の鍵が relay.toml のものと違います。",
        ),
        Words(
            en="Ask the office and an auditor which key is right before you go on.",
            ja="先に、事務局と監査人に正しい鍵を確かめてください。",
        ),
    )


def _unknown_key() -> DistrustError:
    return DistrustError(
        Words(
            en="The ledger's checkpoint is signed by no known key: its key was changed while this "
            "client did not look, or this is not your ledger.",
            ja="監査台帳の要約署名が、知らない鍵によるものです。しばらく確認しない間に鍵が替わったか、"
            "別の台帳が示されています。",
        ),
        Words(
            en="Ask the office and an auditor by telephone for the ledger's verifier key. If both "
            'name the same one, write it into relay.toml (ledger = "…") and try again; whether '
            "it followed yours is checked then. Keep the store.",
            ja="事務局と監査人に、電話で台帳の検証鍵を確かめてください。同じ鍵であれば、"
            'relay.toml に ledger = "…" と書いて、もう一度実行してください。前の鍵に続くものか'
            "どうかも、そのとき確かめます。保存データは残してください。",
        ),
    )


def _distrust(en: str, ja: str) -> DistrustError:
    return DistrustError(
        Words(
            en=f"The hub shows what cannot be believed: {en}.",
            ja=f"ハブの示す内容を信用できません: {ja}。",
        ),
        Words(
            en="Nothing was sent. Keep the store, and show this message to an auditor.",
            ja="何も送っていません。保存データを残したまま、監査人にこの表示を伝えてください。",
        ),
    )


def _broken(error: ProtocolError) -> DistrustError:
    return _distrust(str(error), str(error))
