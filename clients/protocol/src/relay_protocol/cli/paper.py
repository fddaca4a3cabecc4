"""The work paper of a sample: what the machine has checked, and what a person must compare."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from relay_protocol import report
from relay_protocol.attestation import Attestation, instant_text
from relay_protocol.canonical import Value
from relay_protocol.cli.kind_words import KINDS
from relay_protocol.cli.words import line
from relay_protocol.cli.workbook import Row, Sheet, encode_workbook
from relay_protocol.cli.wrapping import height
from relay_protocol.codes import Words
from relay_protocol.directory import AdmittedOrganization
from relay_protocol.encoding import b64_encode
from relay_protocol.findings import NOT_ESTABLISHED, Finding
from relay_protocol.note import Checkpoint
from relay_protocol.report import Lang
from relay_protocol.tracing import Stated

COVER_WIDTHS: Final = (26, 92)
WIDTHS: Final = (5, 9, 12, 19, 15, 38, 30, 28, 13, 8, 10)
REGISTER_WIDTHS: Final = (16, 12, 12, 9, 18, 18, 24, 48, 16, 8, 11)
VALUE_LENGTH: Final = 120


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What was drawn from a ledger, and how.

    Attributes:
        checkpoint: of the ledger that was audited.
        size: how many entries were drawn from.
        seed: 32 bytes.
        is_own_seed: whether the auditor brought the seed; else it is the root at that size.
        population: how many entries there are of each stratum.
        entries: those drawn, in order, each with what it says.
        findings: what the machine has established, and what not.
        register: the organizations that take part, to be compared with what is known of them.
        auditor: whose paper it is, or "".
        made_at: when it was made, a whole second.
    """

    checkpoint: Checkpoint
    size: int
    seed: bytes
    is_own_seed: bool
    population: Mapping[str, int]
    entries: Sequence[Stated]
    findings: Sequence[Finding]
    register: Sequence[AdmittedOrganization]
    auditor: str
    made_at: datetime


def work_paper(drawn: Drawn, lang: Lang) -> bytes:
    """Return the bytes of the paper: a cover, a row for each entry, one for each organization."""
    cover = Sheet(
        name=line("paper-cover", lang), widths=COVER_WIDTHS, rows=tuple(_cover(drawn, lang))
    )
    listed = Sheet(
        name=line("paper-entries", lang),
        widths=WIDTHS,
        rows=tuple(_rows(drawn, lang)),
        landscape=True,
        head_rows=1,
    )
    register = Sheet(
        name=line("paper-register", lang),
        widths=REGISTER_WIDTHS,
        rows=tuple(_register(drawn, lang)),
        landscape=True,
        head_rows=1,
    )
    return encode_workbook([cover, listed, register], title=line("paper-title", lang), lang=lang)


def _cover(drawn: Drawn, lang: Lang) -> Iterator[Row]:
    """Yield the rows of the cover."""
    yield Row(cells=(line("paper-title", lang),), style="title", height=28)
    is_plain = len(drawn.entries) < len(drawn.population)
    method = "paper-method-plain" if is_plain else "paper-method-text"
    seed = "paper-seed-own" if drawn.is_own_seed else "paper-seed-root"
    yield from _pairs(
        lang,
        ("paper-log", drawn.checkpoint.origin),
        ("paper-checkpoint", f"{drawn.checkpoint.size:,} / {b64_encode(drawn.checkpoint.root)}"),
        ("paper-size", f"{drawn.size:,}"),
        ("paper-seed", f"{drawn.seed.hex()}\n{line(seed, lang)}"),
        ("paper-method", line(method, lang)),
        ("paper-made", instant_text(drawn.made_at)),
        ("paper-auditor", drawn.auditor),
    )
    yield Row(cells=())
    yield Row(cells=(line("paper-strata", lang), line("paper-strata-head", lang)), style="head")
    counts = Counter(one.entry.kind for one in drawn.entries)
    for kind in sorted(drawn.population):
        told = f"{counts[kind]:,} / {drawn.population[kind]:,}"
        yield Row(cells=(_in(KINDS[kind].called, lang), told), style="box")
    yield Row(cells=())
    yield Row(cells=(line("paper-machine", lang), ""), style="head")
    # What was not established comes last, as in the report.
    for finding in sorted(drawn.findings, key=lambda one: one.part):
        known = finding.part != NOT_ESTABLISHED
        part = line("paper-part", lang, part=finding.part) if known else line("paper-open", lang)
        text = report.sentence(finding, lang)
        yield Row(cells=(part, text), style="box", height=height([(text, COVER_WIDTHS[1])], lang))
    yield Row(cells=())
    for code in ("paper-prepared", "paper-reviewed"):
        yield Row(cells=(line(code, lang), ""), style="box", height=30)


def _pairs(lang: Lang, *pairs: tuple[str, str]) -> Iterator[Row]:
    """Yield rows of a label and a text."""
    for code, text in pairs:
        high = height([(text, COVER_WIDTHS[1])], lang)
        yield Row(cells=(line(code, lang), text), style="box", height=high)


def _rows(drawn: Drawn, lang: Lang) -> Iterator[Row]:
    """Yield the head, and a row for each entry with places to fill in."""
    yield Row(cells=tuple(line("paper-head", lang).split("|")), style="head", height=36)
    for number, one in enumerate(drawn.entries, start=1):
        entry, kind = one.entry, KINDS[one.entry.kind]
        said = said_text(one.said) if one.said else line("paper-closed", lang)
        compare = kind.compare if one.said else None
        cells = (
            number,
            entry.seq,
            entry.day,
            f"{_in(kind.called, lang)}\n{entry.kind}",
            "\n".join(entry.orgs) or line("paper-nobody", lang),
            said,
            machine_text(one, lang),
            _in(compare, lang) if compare else line("paper-closed-compare", lang),
        )
        high = height(zip(map(str, cells), WIDTHS, strict=False), lang)
        yield Row(cells=(*cells, "", "", ""), style="box", height=high)


def _register(drawn: Drawn, lang: Lang) -> Iterator[Row]:
    """Yield the head, and a row for each organization with places to fill in."""
    head = tuple(line("paper-register-head", lang).split("|"))
    yield Row(cells=head, style="head", height=36)
    for one in drawn.register:
        licence = f"{one.licence}\n{one.licence_until}" if one.licence else ""
        cells = (
            one.slug,
            line(f"paper-role-{one.role}", lang),
            line(f"paper-state-{one.state}", lang),
            one.seq,
            one.corporate_number,
            one.group,
            licence,
            one.fingerprint,
        )
        high = height(zip(map(str, cells), REGISTER_WIDTHS, strict=False), lang)
        yield Row(cells=(*cells, "", "", ""), style="box", height=high)


def machine_text(one: Stated, lang: Lang) -> str:
    """Return what was checked of an entry without any person's help."""
    told = [line("paper-included", lang)]
    if one.said is not None:
        by = {"by": one.said.by, "kid": one.kid[:16]}
        told.append(line("paper-passkey" if one.method == "assertion" else "paper-jws", lang, **by))
        if one.entry.commitment is not None:
            told.append(line("paper-opened", lang))
    return "\n".join(told)


def said_text(said: Attestation) -> str:
    """Return what an attestation says, a line for each of its values."""
    told = [instant_text(said.at), f"id: {said.id}"]
    told += [f"{name}: {value}" for name, value in sorted(said.refs.items())]
    told += [f"{name}: {_short(value)}" for name, value in sorted(said.body.items())]
    return "\n".join(told)


def _short(value: Value) -> str:
    """Return a value as text, cut where it is long."""
    if isinstance(value, list):
        text = ", ".join(map(_short, value))
    elif isinstance(value, dict):
        text = "; ".join(f"{name}={_short(one)}" for name, one in sorted(value.items()))
    else:
        text = str(value)
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"


def _in(words: Words, lang: Lang) -> str:
    """Return the words of one language."""
    return words.ja if lang == "ja" else words.en
