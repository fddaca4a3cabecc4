"""`relay-audit sample`: draws entries to be compared by hand, and writes the paper for it."""

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relay_protocol import sampling
from relay_protocol.cli import files, telling
from relay_protocol.cli.arguments import REFUSED, SOUND, Command, options_of
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.cli.kind_words import KINDS
from relay_protocol.cli.paper import Drawn, work_paper
from relay_protocol.cli.reading import (
    AuditedLedger,
    audited,
    describe_ledger,
    ledger_options,
)
from relay_protocol.cli.refusals import UsageError
from relay_protocol.cli.words import line
from relay_protocol.codes import Words
from relay_protocol.errors import AuditError
from relay_protocol.report import Lang

EXAMPLES: Final = (
    Example(
        typed="relay-audit sample ./ledger --vkey ledger.vkey --pack pack --key reveal.pem "
        "--out paper.xlsx",
        told=Words(
            "参加企業の手元の原本と照合する 25 件を、印刷して書き込めるブックにします。",
            "25 entries to compare with the members' own papers, as a workbook to print and "
            "fill in",
        ),
    ),
    Example(
        typed="relay-audit sample ./ledger --vkey ledger.vkey --n 60 --size 12000 --json",
        told=Words(
            "先頭の 12,000 件からの抽出をもう一度行います。種は、その件数でのルートです。",
            "the draw from the first 12,000 entries once more: their root is its seed",
        ),
    ),
)
MAX_COUNT: Final = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for beside the ledger.

    Attributes:
        n: how many entries are drawn.
        size: how many of the ledger's entries are drawn from; 0 for all.
        seed: 64 hexadecimal digits, or "" for the root at that size.
        kind: the only kinds that are drawn from; all where there is none.
        out: the file for the paper.
    """

    n: int
    size: int
    seed: str
    kind: list[str]
    out: Path | None
    json: bool
    lang: Lang


def describe(parser: Parser) -> None:
    """Add the options of `sample`."""
    describe_ledger(parser, needs_pack=False)
    add, says = parser.add_argument, parser.says
    add(
        "--n",
        metavar="N",
        type=int,
        default=25,
        help=says("抽出する件数(既定: %(default)s)。", "how many entries (default: %(default)s)"),
    )
    add(
        "--out",
        metavar="FILE",
        type=Path,
        help=says("監査調書を書き出します(.xlsx)。", "write the work paper: .xlsx"),
    )
    add(
        "--size",
        metavar="N",
        type=int,
        default=0,
        help=says("先頭の N 件だけから抽出します。", "draw from the first N entries only"),
    )
    add(
        "--seed",
        metavar="HEX",
        default="",
        help=says(
            "ルートの代わりに使う種(16 進数 64 桁)。", "another seed than the root: 64 hex digits"
        ),
    )
    add(
        "--kind",
        action="append",
        default=[],
        metavar="KIND",
        help=says("この種類の記載だけから抽出します。", "draw from this kind only"),
    )


def run(given: Namespace) -> int:
    """Return the exit code: 0 the sample is drawn from a sound ledger, 1 the ledger is not.

    Raises:
        UsageError: the options do not go together.
        InputError: a file that was given cannot be used.
        ProtocolError: the ledger cannot be read.
    """
    options, ledger = options_of(Options, given), ledger_options(given)
    _check(options)
    try:
        with audited(ledger) as found:
            drawn = _draw(options, found, ledger.slug)
    except AuditError as error:
        document = {"result": "refused", "refusal": telling.refusal_document(error)}
        sentences = telling.refusal_sentences(error, options.lang)
        telling.tell(document, sentences, as_json=options.json)
        return REFUSED
    if options.out is not None:
        files.write(options.out, work_paper(drawn, options.lang))
    _tell(options, drawn)
    return SOUND


def _check(options: Options) -> None:
    """Refuse options that make no sense."""
    if not 1 <= options.n <= MAX_COUNT:
        raise UsageError("n-range", most=MAX_COUNT)
    if options.size < 0:
        raise UsageError("size-from-1")
    if options.seed and (_seed(options.seed) is None):
        raise UsageError("seed-digits")
    if unknown := set(options.kind) - KINDS.keys():
        raise UsageError("kind-unknown", kind=min(unknown))
    if options.out is not None and options.out.suffix != ".xlsx":
        raise UsageError("out-suffix")


def _seed(text: str) -> bytes | None:
    """Return a seed from its hexadecimal digits; None where they are none."""
    try:
        seed = bytes.fromhex(text)
    except ValueError:
        return None
    return seed if len(seed) == sampling.SEED_BYTES and seed.hex() == text.lower() else None


def _draw(options: Options, ledger: AuditedLedger, auditor: str) -> Drawn:
    """Return what is drawn from a ledger that was found sound."""
    copy = ledger.outcome.copy
    size = options.size or ledger.size
    if size > ledger.size:
        raise UsageError("size-beyond", size=ledger.size)
    seed = _seed(options.seed) or copy.root(size)
    entries = (one for one in copy.entries() if one.seq < size)
    population = sampling.strata(entries, frozenset(options.kind))
    seqs = sampling.draw(population, options.n, seed)
    return Drawn(
        checkpoint=copy.checkpoint,
        size=size,
        seed=seed,
        is_own_seed=bool(options.seed),
        population={kind: len(held) for kind, held in population.items()},
        entries=[one for one in ledger.stated() if one.entry.seq in seqs],
        findings=ledger.telling.findings,
        register=ledger.outcome.charter.directory.organizations(),
        auditor=auditor,
        made_at=ledger.now,
    )


def _tell(options: Options, drawn: Drawn) -> None:
    """Print what was drawn."""
    lang = options.lang
    sentences = [
        line("sampled", lang, count=len(drawn.entries), size=drawn.size, seed=drawn.seed.hex())
    ]
    for one in drawn.entries:
        called = KINDS[one.entry.kind].called
        told = called.ja if lang == "ja" else called.en
        orgs = ", ".join(one.entry.orgs) or "-"
        sentences.append(f"  {one.entry.seq}  {one.entry.day}  {told}  {orgs}")
    if options.out is not None:
        sentences.append(line("paper-written", lang, path=options.out))
    document = {
        "result": "sound",
        "log": drawn.checkpoint.origin,
        "size": drawn.size,
        "seed": drawn.seed.hex(),
        "population": drawn.population,
        "entries": [
            {
                "seq": one.entry.seq,
                "day": one.entry.day,
                "kind": one.entry.kind,
                "orgs": list(one.entry.orgs),
                "open": one.said is not None,
            }
            for one in drawn.entries
        ],
        "out": str(options.out) if options.out else None,
    }
    telling.tell(document, sentences, as_json=options.json)


COMMAND: Final = Command(
    name="sample",
    tells=Words(
        "手で照合する記載を抽出し、監査調書を書き出します。",
        "draw entries to compare by hand, and write the work paper",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
