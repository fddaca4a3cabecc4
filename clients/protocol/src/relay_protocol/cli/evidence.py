"""`relay-audit evidence`: shows anybody, offline, that a log has signed two histories."""

from argparse import Namespace
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from relay_protocol import evidence
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
from relay_protocol.cli.refusals import reason
from relay_protocol.cli.trusting import read_policy
from relay_protocol.cli.words import line
from relay_protocol.codes import Words
from relay_protocol.encoding import b64_encode
from relay_protocol.errors import EvidenceError
from relay_protocol.evidence import Contradiction, Evidence
from relay_protocol.note import Checkpoint
from relay_protocol.report import Lang

EXAMPLES: Final = (
    Example(
        typed="relay-audit evidence equivocation.txt --vkey ledger.vkey",
        told=Words(
            "台帳が二つの歴史に署名したことをファイルが証明すれば 0、しなければ 1 で終わります。\n"
            "台帳の鍵は、このファイルとは別のところから得たものを使います。",
            "ends with 0 where the file proves that the log has signed two histories, with 1 "
            "where\nit does not; the log's key must come from somewhere else than the file",
        ),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What was asked for.

    Attributes:
        file: the evidence.
        vkey: the log's verifier key, or the file that holds it, or "".
        policy: the file of a policy that names the log.
    """

    file: Path
    vkey: str
    policy: Path | None
    json: bool
    lang: Lang


def describe(parser: Parser) -> None:
    """Add the options of `evidence`."""
    parser.add_argument(
        "file", metavar="FILE", type=Path, help=parser.says("証拠のファイル。", "the evidence")
    )
    add_vkey(parser)
    add_policy(parser)
    add_output(parser)


def run(given: Namespace) -> int:
    """Return the exit code: 0 the evidence proves it, 1 it does not.

    Raises:
        UsageError: nobody said whose log it is.
        InputError: a file cannot be read.
        ProtocolError: a file is none of its kind.
    """
    options = options_of(Options, given)
    policy = read_policy(options.vkey, options.policy)
    found = Evidence.decode(files.read(options.file, evidence.MAX_BYTES))
    try:
        proved = found.check(*(log.vkey for log in policy.logs))
    except EvidenceError as error:
        document = {"result": "refused", "detail": str(error)}
        told = reason(error, options.lang)
        sentences = [line("evidence-proves-nothing", options.lang, detail=told)]
        telling.tell(document, sentences, as_json=options.json)
        return REFUSED
    _tell(options, proved)
    return SOUND


def _tell(options: Options, proved: Contradiction) -> None:
    """Print what is proved."""
    lang = options.lang
    sentences = [line("evidence-proves", lang, log=proved.origin)]
    sentences += [
        line("evidence-checkpoint", lang, size=one.size, root=b64_encode(one.root))
        for one in (proved.first, proved.second)
    ]
    if proved.index is None:
        sentences.append(line("evidence-same-size", lang, size=proved.first.size))
    else:
        sentences.append(line("evidence-same-index", lang, index=proved.index))
    sentences.append(line("evidence-meaning", lang))
    document = {
        "result": "proved",
        "log": proved.origin,
        "form": proved.form,
        "index": proved.index,
        "checkpoints": [_document(one) for one in (proved.first, proved.second)],
    }
    telling.tell(document, sentences, as_json=options.json)


def _document(checkpoint: Checkpoint) -> dict[str, object]:
    """Return a checkpoint as JSON."""
    return {"size": checkpoint.size, "root": b64_encode(checkpoint.root)}


COMMAND: Final = Command(
    name="evidence",
    tells=Words(
        "台帳が二つの歴史に署名したことを、通信せずにだれにでも示します。",
        "show anybody, offline, that a log has signed two histories",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
