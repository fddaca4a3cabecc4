"""`relay-audit receipt`: shows anybody, offline, what one act's receipt proves, and what not."""

import json
from argparse import Namespace
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from relay_protocol.attestation import Attestation, SignedAttestation, instant_text
from relay_protocol.cli import files, telling
from relay_protocol.cli.arguments import (
    REFUSED,
    SOUND,
    Command,
    add_output,
    add_policy,
    add_vkey,
    options_of,
)
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.cli.kind_words import KINDS
from relay_protocol.cli.receipt_words import WORDS
from relay_protocol.cli.refusals import InputError, reason
from relay_protocol.cli.trusting import read_policy
from relay_protocol.codes import Words
from relay_protocol.directory import Directory
from relay_protocol.encoding import b64_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import AuditError, LogReadError, NoteError, ProtocolError
from relay_protocol.kinds import HUB
from relay_protocol.log_reader import FolderReader
from relay_protocol.mirroring import Kept, check_continues
from relay_protocol.note import Note
from relay_protocol.policy import NO_QUORUM, Policy, Witnessed
from relay_protocol.proof import Proof
from relay_protocol.proof_file import MAX_BYTES, decode_proof
from relay_protocol.report import Lang
from relay_protocol.served_tree import ServedTree

EXAMPLES: Final = (
    Example(
        typed="relay-audit receipt consent.tlog-proof --vkey ledger.vkey",
        told=Words(
            "この鍵の台帳に申告があれば 0、ファイルがそれを証明しなければ 1 で終わります。\n"
            "鍵は、このファイルとは別のところから得たものを使います。",
            "ends with 0 where the ledger of this key holds the act, with 1 where the file does "
            "not\nprove it; the key must come from somewhere else than the file",
        ),
    ),
    Example(
        typed="relay-audit receipt consent.tlog-proof --policy ledger.policy "
        "--register directory.json",
        told=Words(
            "ポリシーが求める立会人の署名も確かめ、申告した組織の署名を、鍵の登録簿で確かめます\n"
            "(https://the-hub.example/v1/directory?limit=1000 を保存しておきます)。",
            "asks for the policy's witnesses too, and checks the signature of whoever acted by "
            "the\nregister of keys (save it from https://the-hub.example/v1/directory?limit=1000)",
        ),
    ),
    Example(
        typed="relay-audit receipt consent.tlog-proof --vkey ledger.vkey --ledger ./ledger",
        told=Words(
            "ご自身の台帳の写しに、まったく同じ申告があることも確かめます。",
            "and that your own copy of the ledger holds the very same act",
        ),
    ),
)
MAX_REGISTER_BYTES: Final = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        file: the receipt.
        vkey: the log's verifier key, or the file that holds it, or "".
        policy: the file of a policy that names the log.
        register: the register of keys, as the hub gives it to anybody.
        ledger: the folder of a copy that must continue what the receipt proves.
    """

    file: Path
    vkey: str
    policy: Path | None
    register: Path | None
    ledger: Path | None
    json: bool
    lang: Lang


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a receipt proves.

    Attributes:
        entry: which the ledger holds.
        signed: the act, as it was signed.
        witnessed: the checkpoint, and whose cosignatures of it were checked.
        strangers: signature lines by keys that nobody named.
        maker_checked: whether the maker's own signature was checked, by the register.
    """

    entry: Entry
    signed: SignedAttestation
    witnessed: Witnessed
    strangers: int
    maker_checked: bool

    @property
    def said(self) -> Attestation:
        """What was said."""
        return self.signed.attestation


@dataclass(slots=True)
class Told:
    """The result in sentences and in JSON."""

    lang: Lang
    sentences: list[str] = field(default_factory=list)

    def say(self, code: str, **figures: object) -> None:
        """Add a sentence."""
        words = WORDS[code]
        text = words.ja if self.lang == "ja" else words.en
        self.sentences.append(text.format(**figures))


def check(raw: bytes, policy: Policy, register: Directory | None) -> Checked:
    """Return what a receipt proves to whoever trusts a policy's log.

    Args:
        raw: the file.
        policy: the log's keys, and the witnesses if any.
        register: organizations and keys up to now; without it the maker's signature is not
            checked: the log's word that it was accepted stands alone.

    Raises:
        ProofError: the file is no receipt.
        ProtocolError: it is one, and does not hold.
    """
    proof = decode_proof(raw)
    witnessed = policy.check(proof.checkpoint)
    signed = proof.within(witnessed.checkpoint)
    entry = Entry.decode(proof.entry)
    said = signed.attestation
    if said.kind != entry.kind or said.log != witnessed.checkpoint.origin:
        raise NoteError("the act inside is of another kind, or was meant for another ledger")
    if register is not None:
        register.check(signed, entry.seq)
    known = {(log.vkey.name, log.vkey.key_id) for log in policy.logs}
    known |= {(one.vkey.name, one.vkey.key_id) for one in policy.witnesses}
    lines = Note.parse(proof.checkpoint).lines
    return Checked(
        entry=entry,
        signed=signed,
        witnessed=witnessed,
        strangers=sum((line.name, line.key_id) not in known for line in lines),
        maker_checked=register is not None,
    )


def read_register(raw: bytes, policy: Policy) -> Directory:
    """Return the register of organizations and keys, each entry of it proven by the log.

    Args:
        raw: as the hub gives it: `{"items": [proof, …]}`.
        policy: the log's keys.

    Raises:
        ProtocolError: an entry does not hold, or contradicts those before it.
        InputError: the file is no register.
    """
    try:
        items = json.loads(raw)["items"]
        if not isinstance(items, list):
            raise InputError("register-no-list")
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InputError("register-other") from error
    directory = Directory()
    for item in items:
        if not isinstance(item, dict):
            raise InputError("register-no-proofs")
        proof = Proof.from_document(item)
        proof.within(policy.check(proof.checkpoint).checkpoint)
        directory.take(Entry.decode(proof.entry))
    return directory


def size_of_copy(folder: Path, policy: Policy, note: bytes) -> int:
    """Return how many entries a copy has that continues the ledger of a receipt.

    Args:
        folder: the copy.
        policy: the log's keys.
        note: the receipt's checkpoint, as it was signed.

    Raises:
        InputError: the copy is older than the receipt, or of another ledger: it says nothing.
        AuditError: the copy is that of another history.
        LogReadError: the copy cannot be read.
    """
    reader = FolderReader(folder)
    raw = reader.checkpoint()
    held = Kept(note=note, checkpoint=policy.check(note).checkpoint)
    try:
        own = policy.check(raw)
    except NoteError as error:
        raise InputError("copy-of-another", why=error) from error
    if own.checkpoint.size < held.checkpoint.size:
        raise InputError("copy-older", size=own.checkpoint.size, held=held.checkpoint.size)
    check_continues(held, ServedTree(reader, own.checkpoint), raw)
    return own.checkpoint.size


def describe(parser: Parser) -> None:
    """Add the options of `receipt`."""
    add, says = parser.add_argument, parser.says
    add(
        "file",
        metavar="FILE",
        type=Path,
        help=says("控えのファイル(.tlog-proof)。", "the receipt (.tlog-proof)"),
    )
    add_vkey(parser)
    add_policy(parser)
    add(
        "--register",
        metavar="FILE",
        type=Path,
        help=says(
            "ハブの登録簿(/v1/directory の応答を保存したもの)。",
            "the hub's /v1/directory, saved",
        ),
    )
    add(
        "--ledger",
        metavar="DIR",
        type=Path,
        help=says(
            "ご自身の写し。同じ申告があることも確かめます。",
            "your copy, which must hold the act too",
        ),
    )
    add_output(parser)


def run(given: Namespace) -> int:
    """Return the exit code: 0 the receipt holds, 1 it does not, or too few have witnessed it.

    Raises:
        UsageError: nobody said whose log it is.
        InputError: a file cannot be read.
        ProtocolError: a file is none of its kind.
    """
    options = options_of(Options, given)
    policy = read_policy(options.vkey, options.policy)
    raw = files.read(options.file, MAX_BYTES)
    decode_proof(raw)
    told = Told(lang=options.lang)
    try:
        register = None
        if options.register is not None:
            register = read_register(files.read(options.register, MAX_REGISTER_BYTES), policy)
        checked = check(raw, policy, register)
        held = None
        if options.ledger is not None:
            held = size_of_copy(options.ledger, policy, decode_proof(raw).checkpoint)
    except LogReadError:
        raise
    except AuditError as error:
        told.say("other-history", path=options.ledger, why=reason(error, options.lang))
        document = {"result": "refused", "detail": str(error)}
        telling.tell(document, told.sentences, as_json=options.json)
        return REFUSED
    except ProtocolError as error:
        told.say("refused", why=reason(error, options.lang))
        document = {"result": "refused", "detail": str(error)}
        telling.tell(document, told.sentences, as_json=options.json)
        return REFUSED
    _tell(told, checked, policy)
    if held is not None:
        told.say("held", path=options.ledger, size=held, seq=checked.entry.seq)
    found = {**_document(checked, policy), "copy": held}
    telling.tell(found, told.sentences, as_json=options.json)
    return SOUND if checked.witnessed.is_quorate else REFUSED


def _tell(told: Told, checked: Checked, policy: Policy) -> None:
    """Say what is proved: who said what and when, how it was signed, where it stands; what not."""
    said, checkpoint = checked.said, checked.witnessed.checkpoint
    told.say("proved", log=checkpoint.origin, seq=checked.entry.seq, size=checkpoint.size)
    words = KINDS[said.kind].called
    called = words.ja if told.lang == "ja" else words.en
    told.say("who", by=said.by, called=called, kind=said.kind, at=instant_text(said.at), id=said.id)
    for name, value in (*said.refs.items(), *said.body.items()):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        told.say("what", name=name, value=text)
    shown = ", ".join(checked.entry.orgs) or "–"
    told.say("entered", day=checked.entry.day, orgs=shown, rules=checked.entry.rules or "–")
    if said.by == HUB:
        told.say("by-hub", kid=checked.signed.kid)
    elif checked.signed.method == "assertion":
        told.say("by-passkey", by=said.by, kid=checked.signed.kid)
    else:
        told.say("by-key", by=said.by, kid=checked.signed.kid)
    told.say("signature-checked" if checked.maker_checked else "signature-unchecked")
    told.say("checkpoint", size=checkpoint.size, root=b64_encode(checkpoint.root))
    for name, at in sorted(checked.witnessed.cosigned.items()):
        told.say("witness", name=name, at=instant_text(at))
    if policy.quorum == NO_QUORUM:
        told.say("no-witnesses", strangers=checked.strangers)
    else:
        told.say("quorum" if checked.witnessed.is_quorate else "quorum-missed")
    told.say("not-proved")
    told.say("not-true")
    if not checked.maker_checked and said.by != HUB:
        told.say("not-maker", by=said.by)
    if said.by == HUB:
        told.say("not-forged")
    told.say("not-later")
    if policy.quorum == NO_QUORUM:
        told.say("not-same")


def _document(checked: Checked, policy: Policy) -> dict[str, object]:
    """Return what is proved as JSON."""
    said, checkpoint = checked.said, checked.witnessed.checkpoint
    by_hub = "hub" if said.by == HUB else "key"
    unproved = ["true", "later"]
    unproved += ["maker"] if not checked.maker_checked and said.by != HUB else []
    unproved += ["not-forged-by-hub"] if said.by == HUB else []
    unproved += ["same-for-all"] if policy.quorum == NO_QUORUM else []
    return {
        "result": "proved" if checked.witnessed.is_quorate else "not-witnessed",
        "log": checkpoint.origin,
        "seq": checked.entry.seq,
        "day": checked.entry.day,
        "organizations": list(checked.entry.orgs),
        "rules": checked.entry.rules,
        "attestation": {
            "id": said.id,
            "kind": said.kind,
            "by": said.by,
            "at": instant_text(said.at),
            "refs": dict(said.refs),
            "body": dict(said.body),
        },
        "signed": {
            "method": "passkey" if checked.signed.method == "assertion" else by_hub,
            "kid": checked.signed.kid,
            "checked": checked.maker_checked,
        },
        "checkpoint": {"size": checkpoint.size, "root": b64_encode(checkpoint.root)},
        "witnesses": {
            name: instant_text(at) for name, at in sorted(checked.witnessed.cosigned.items())
        },
        "unknown_signatures": checked.strangers,
        "not_proved": unproved,
    }


COMMAND: Final = Command(
    name="receipt",
    tells=Words(
        "一通の控えが何を証明するかを、通信せずに、だれにでも示します。",
        "show anybody, offline, what one act's receipt proves",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
