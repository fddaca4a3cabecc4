"""`relay-audit mirror`: a copy of a log in a folder, begun or continued, checked as it comes."""

from argparse import Namespace
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relay_protocol import tiles
from relay_protocol.cli import following, telling
from relay_protocol.cli.arguments import (
    REFUSED,
    SOUND,
    Command,
    add_clock,
    add_log,
    add_output,
    add_policy,
    add_signer,
    add_vkey,
    check_signer,
    options_of,
)
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.cli.folders import FolderKeeper
from relay_protocol.cli.hub import address_of
from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.cli.trusting import read_policy
from relay_protocol.cli.words import line
from relay_protocol.codes import Words
from relay_protocol.encoding import b64_encode
from relay_protocol.errors import (
    AuditError,
    EvidenceError,
    LogDeniedError,
    LogReadError,
    NoteError,
    TileError,
)
from relay_protocol.forks import Side, prove_fork
from relay_protocol.log_reader import FolderReader, LogReader
from relay_protocol.mirroring import (
    CHECKPOINT,
    IN_FLIGHT,
    MAX_ENTRIES,
    ForkError,
    Mirrored,
    mirror,
)
from relay_protocol.note import Checkpoint
from relay_protocol.policy import Policy
from relay_protocol.report import Lang
from relay_protocol.served_tree import ServedTree
from relay_protocol.succession import Successor
from relay_protocol.watching import has_strangers

EXAMPLES: Final = (
    Example(
        typed="relay-audit mirror https://log.example.com/ ./copy --vkey log.vkey --no-entries",
        told=Words(
            "C2SP tlog-tiles の形で読める台帳なら、どれでもハッシュのタイルを写します。\n"
            "もう一度実行すると、続きを写します。",
            "the hash tiles of any log that serves C2SP tlog-tiles; run it again to go on",
        ),
    ),
    Example(
        typed="relay-audit mirror https://hub.example.jp ./copy --vkey ledger.vkey \\\n"
        "    --slug kansa --signing-key sign.pem",
        told=Words(
            "ハブの台帳を、すべての記載とともに写します。`verify ./copy` で監査できます。",
            "the ledger of a hub with all its entries, which `verify ./copy` audits",
        ),
    ),
)
OTHER: Final = "checkpoint.other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        source: a folder, or an http(s) address.
        folder: where the copy is kept.
        vkey: the log's verifier key, or the file that holds it, or "".
        policy: the file of a policy that names the log.
        entries: whether entries are copied beside hashes.
        max_entries: the largest log that is copied.
    """

    source: str
    folder: Path
    vkey: str
    policy: Path | None
    entries: bool
    max_entries: int
    slug: str
    signing_key: Path | None
    json: bool
    lang: Lang
    clock: Path | None


def describe(parser: Parser) -> None:
    """Add the options of `mirror`."""
    add, says = parser.add_argument, parser.says
    add_log(parser)
    add(
        "folder",
        metavar="DIR",
        type=Path,
        help=says(
            "写しを置くフォルダ。なければ作ります。",
            "where the copy is kept; it is made if missing",
        ),
    )
    add_vkey(parser)
    add_policy(parser)
    add(
        "--no-entries",
        dest="entries",
        action="store_false",
        help=says("ハッシュのタイルだけを写します。", "copy the hash tiles only"),
    )
    add(
        "--max-entries",
        metavar="N",
        type=int,
        default=MAX_ENTRIES,
        help=says(
            "記載がこれより多い台帳は写しません(既定: %(default)s)。",
            "refuse a log that has more (default: %(default)s)",
        ),
    )
    add_signer(parser)
    add_output(parser)
    add_clock(parser)


def run(given: Namespace) -> int:
    """Return the exit code: 0 the copy is complete, 1 the log is not what it was or says it is.

    Raises:
        UsageError: the options do not go together.
        InputError: a file that was given, the folder, or the log in this way, cannot be used.
        ProtocolError: the log cannot be read.
    """
    options = options_of(Options, given)
    check_signer(options.slug, options.signing_key)
    if options.max_entries < 1:
        raise UsageError("max-entries-from-1")
    policy = read_policy(options.vkey, options.policy)
    address = address_of(options.source, options.slug, options.signing_key, options.clock)
    source = FolderReader(Path(options.source)) if address is None else address.reader()
    keeper = FolderKeeper.at(options.folder)
    try:
        with keeper.alone(), hands() as both:
            done = mirror(
                source,
                keeper,
                opener(policy),
                with_entries=options.entries,
                max_entries=options.max_entries,
                progress=telling.Progress(options.lang),
                hands=both,
            )
    except AuditError as error:
        proof = _evidence(policy, source, keeper, error)
        kept = keeper.read(tiles.CHECKPOINT_PATH) if error.part == CHECKPOINT else None
        follow = () if kept is None else following.find(address, source, policy, kept)
        _tell_refusal(options, keeper, error, proof, follow)
        return REFUSED
    except LogReadError as error:
        if mend := _mend(options, error):
            raise InputError(mend, detail=str(error).rstrip(".")) from error
        raise
    is_followed = has_strangers(done.note, policy)
    follow = following.find(address, source, policy, done.note) if is_followed else ()
    _tell(options, policy, done, follow)
    return SOUND


@contextmanager
def hands() -> Iterator[Executor]:
    """Lend two hands to fetch with; what they have not begun is dropped when something fails."""
    executor = ThreadPoolExecutor(max_workers=IN_FLIGHT, thread_name_prefix="mirror")
    try:
        yield executor
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def opener(policy: Policy) -> Callable[[bytes], Checkpoint]:
    """Return what opens the checkpoints of a policy's log."""

    def opened(raw: bytes) -> Checkpoint:
        try:
            return policy.check(raw).checkpoint
        except NoteError as error:
            raise AuditError(CHECKPOINT, "checkpoint-invalid", detail=str(error)) from error

    return opened


def _tell(options: Options, policy: Policy, done: Mirrored, follow: tuple[Successor, ...]) -> None:
    """Print what was copied."""
    lang, checkpoint = options.lang, done.checkpoint
    is_quorate = policy.check(done.note).is_quorate
    figures = {"size": checkpoint.size, "before": done.before, "files": done.files}
    sentences = [line("mirrored", lang, log=checkpoint.origin, **figures)]
    if not options.entries:
        sentences.append(line("mirrored-hashes", lang))
    if not is_quorate:
        sentences.append(line("quorum-missed", lang))
    sentences += following.sentences(follow, lang, following.TO_ADD)
    document = {
        "result": "sound",
        "log": checkpoint.origin,
        "root": b64_encode(checkpoint.root),
        **figures,
        "entries": options.entries,
        "quorum": is_quorate,
        "keys": following.documents(follow),
    }
    telling.tell(document, sentences, as_json=options.json)


def _evidence(
    policy: Policy, source: LogReader, keeper: FolderKeeper, error: AuditError
) -> Path | None:
    """Return where the proof of a fork was kept; None where there is none."""
    if not isinstance(error, ForkError):
        return None
    try:
        sides = [
            side_of(policy, keeper.reader, error.kept),
            side_of(policy, source, error.other),
        ]
        proof = prove_fork((log.vkey for log in policy.logs), *sides)
    except (AuditError, EvidenceError, LogReadError, TileError):
        return None
    return keeper.keep_beside("equivocation", proof.encode())


def side_of(policy: Policy, reader: LogReader, note: bytes) -> Side:
    """Return a signed checkpoint as one of two histories, with the tree that is served of it."""
    checkpoint = policy.check(note).checkpoint

    trees: list[ServedTree] = []

    def node(level: int, index: int) -> bytes:
        if not trees:
            trees.append(ServedTree(reader, checkpoint))
        return trees[0].node(level, index)

    return Side(note=note, checkpoint=checkpoint, node=node)


def _tell_refusal(
    options: Options,
    keeper: FolderKeeper,
    error: AuditError,
    proof: Path | None,
    follow: tuple[Successor, ...],
) -> None:
    """Print what is wrong with a log, and keep what it signed."""
    sentences = telling.refusal_sentences(error, options.lang)
    document: dict[str, object] = {
        "result": "refused",
        "refusal": telling.refusal_document(error),
        "keys": following.documents(follow),
    }
    sentences += following.sentences(follow, options.lang, following.TO_ADD)
    if isinstance(error, ForkError):
        other = keeper.keep_beside(OTHER, error.other)
        document["other"] = str(other)
        sentences.append(line("other-kept", options.lang, path=other))
    if proof is not None:
        document["evidence"] = str(proof)
        sentences.append(line("evidence-kept", options.lang, path=proof))
    telling.tell(document, sentences, as_json=options.json)


def _mend(options: Options, error: LogReadError) -> str:
    """Return the code of what may help against a log that cannot be read; "" of nothing."""
    if "allowed" in str(error):
        return "more-than-allowed"
    if isinstance(error, LogDeniedError) and not options.slug:
        return "entries-or-hashes"
    return ""


COMMAND: Final = Command(
    name="mirror",
    tells=Words(
        "台帳をフォルダに写します。どのファイルも、届くたびに確かめます。",
        "keep a copy of a log in a folder, each file checked as it comes",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
