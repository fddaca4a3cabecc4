"""`relay-audit trace`: from a slot back to the referrals, consents and rules behind it."""

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from relay_protocol.attestation import instant_text
from relay_protocol.cli import telling
from relay_protocol.cli.arguments import REFUSED, SOUND, Command, is_remote
from relay_protocol.cli.explaining import Example, Parser
from relay_protocol.cli.kind_words import KINDS
from relay_protocol.cli.reading import audited, describe_ledger, ledger_options
from relay_protocol.cli.refusals import InputError, UsageError
from relay_protocol.cli.words import line
from relay_protocol.codes import Words
from relay_protocol.errors import AuditError
from relay_protocol.report import Lang
from relay_protocol.tracing import Books, Movement, Stated, Trace, TraceError

EXAMPLES: Final = (
    Example(
        typed="relay-audit trace slots:acme ./ledger --vkey ledger.vkey --pack pack "
        "--key reveal.pem",
        told=Words(
            "acme がこれまでに得たすべての枠と、それぞれの元になったものを示します。",
            "every slot that acme ever got, and what is behind each",
        ),
    ),
    Example(
        typed="relay-audit trace lot:4fGdq0 ./ledger --vkey ledger.vkey --pack pack "
        "--key reveal.pem --json",
        told=Words(
            "ポイントか枠の一口を、名前かその先頭で指定します。",
            "one lot of points or slots, by its name or the beginning of it",
        ),
    ),
)
MAX_LOTS: Final = 1_000
KID_LENGTH: Final = 12
TOLD: Final = ("notice", "modules", "groups", "until", "job_kind", "hirer", "event", "on", "reason")
"""What of an act's body is told in the text."""


def describe(parser: Parser) -> None:
    """Add the options of `trace`."""
    parser.add_argument(
        "slot",
        metavar="SLOT",
        help=parser.says(
            "slots:SLUG、points:SLUG、または lot:NAME(名前の先頭だけでもかまいません)。",
            "slots:SLUG, points:SLUG, or lot:NAME (or its beginning)",
        ),
    )
    describe_ledger(parser, needs_pack=True)


def run(given: Namespace) -> int:
    """Return the exit code: 0 it was traced in a sound ledger, 1 the ledger is not sound.

    Raises:
        UsageError: the options do not go together.
        InputError: a file that was given cannot be used, or there is no such lot.
        ProtocolError: the ledger cannot be read.
    """
    name = str(given.slot)
    if is_remote(name) or Path(name).is_dir():
        raise UsageError("lot-first", name=name)
    options = ledger_options(given)
    if options.key is None:
        raise UsageError("lots-not-public")
    try:
        with audited(options) as ledger:
            books = Books.of(ledger.stated())
            lots = books.lots(name)
            if len(lots) > MAX_LOTS:
                raise InputError("lots-many", name=name, count=len(lots))
            adoptions = ledger.outcome.charter.adoptions
            traces = books.trace(lots, adoptions, ledger.stated())
    except TraceError as error:
        raise InputError("lot-unknown", detail=error) from error
    except AuditError as error:
        document = {"result": "refused", "refusal": telling.refusal_document(error)}
        sentences = telling.refusal_sentences(error, options.lang)
        telling.tell(document, sentences, as_json=options.json)
        return REFUSED
    told = (sentence for trace in traces for sentence in _sentences(trace, options.lang))
    traced = [trace_document(trace) for trace in traces]
    telling.tell({"result": "sound", "lots": traced}, told, as_json=options.json)
    return SOUND


def trace_document(trace: Trace) -> dict[str, object]:
    """Return a trace as JSON."""
    settlement = trace.settlement
    return {
        "lot": trace.lot,
        "account": None if trace.account is None else str(trace.account),
        "origin": trace.origin,
        "rules": trace.rules or None,
        "rules_entry": trace.rules_seq,
        "kept_entry": trace.kept_seq,
        "settlement": None
        if settlement is None
        else {
            "period": settlement.period,
            "entry": settlement.seq,
            "audited_by": list(settlement.audited_by),
        },
        "movements": [
            {
                "entry": one.seq,
                "period": one.period,
                "debit": str(one.debit),
                "credit": str(one.credit),
                "count": one.count,
                "agency": one.agency,
                "due": one.due,
            }
            for one in trace.movements
        ],
        "steps": [_step_document(one) for one in trace.steps],
        "parts": [trace_document(one) for one in trace.parts],
    }


def _step_document(one: Stated) -> dict[str, object]:
    """Return an act as JSON."""
    if one.said is None:
        return {"entry": one.entry.seq, "kind": one.entry.kind}
    return {
        "entry": one.entry.seq,
        "kind": one.entry.kind,
        "at": instant_text(one.said.at),
        "by": one.said.by,
        "signed": one.method,
        "kid": one.kid,
        "rules": one.entry.rules,
        "id": one.said.id,
        "refs": dict(one.said.refs),
        "body": dict(one.said.body),
    }


def _sentences(trace: Trace, lang: Lang, indent: str = "") -> Iterator[str]:
    """Yield a trace in sentences, what lies behind it further to the right."""
    account = str(trace.account) if trace.account else "-"
    yield indent + line("trace-lot", lang, lot=trace.lot, account=account)
    inner = f"{indent}  "
    for one in trace.movements:
        yield inner + _movement(one, lang)
    if not trace.movements:
        yield inner + line("trace-unmoved", lang)
    yield inner + line(f"trace-{trace.origin}", lang, seq=_or_dash(trace.kept_seq))
    if trace.rules:
        rules = {"version": trace.rules, "seq": _or_dash(trace.rules_seq)}
        yield inner + line("trace-rules", lang, **rules)
    if trace.settlement is not None:
        by = ", ".join(trace.settlement.audited_by)
        code = "trace-audited" if by else "trace-unaudited"
        yield inner + line(
            code, lang, period=trace.settlement.period, seq=str(trace.settlement.seq), by=by
        )
    for step in trace.steps:
        yield inner + _step(step, lang)
    for part in trace.parts:
        yield from _sentences(part, lang, inner + "  ")


def _movement(one: Movement, lang: Lang) -> str:
    """Return what took effect, in a sentence."""
    return line(
        "trace-moved",
        lang,
        period=one.period,
        seq=str(one.seq),
        count=one.count,
        debit=one.debit,
        credit=one.credit,
        agency=one.agency,
        due=one.due,
    )


def _step(one: Stated, lang: Lang) -> str:
    """Return an act in a sentence."""
    words = KINDS[one.entry.kind].called
    called = words.ja if lang == "ja" else words.en
    if one.said is None:
        return line("trace-step-closed", lang, seq=str(one.entry.seq), called=called)
    told = "; ".join(
        f"{name} {_plain(one.said.body[name])}" for name in TOLD if name in one.said.body
    )
    code = "trace-step-passkey" if one.method == "assertion" else "trace-step"
    step = line(
        code,
        lang,
        seq=str(one.entry.seq),
        day=one.entry.day,
        called=called,
        by=one.said.by,
        kid=one.kid[:KID_LENGTH],
    )
    return f"{step} {told}".rstrip()


def _plain(value: object) -> str:
    """Return a value of an act as text."""
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _or_dash(seq: int | None) -> str:
    """Return the number of an entry, if there is one."""
    return "-" if seq is None else str(seq)


COMMAND: Final = Command(
    name="trace",
    tells=Words(
        "枠から、その元になった紹介、同意、規約までをさかのぼります。",
        "go from a slot back to the referrals, consents and rules behind it",
    ),
    examples=EXAMPLES,
    describe=describe,
    run=run,
)
