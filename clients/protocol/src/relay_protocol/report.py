"""The report of one audit: as a value, as JSON, and as text that reads well aloud."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeAlias

from relay_protocol.attestation import instant_text
from relay_protocol.breaches import BREACHES
from relay_protocol.canonical import Encodable
from relay_protocol.codes import Words
from relay_protocol.errors import AuditError
from relay_protocol.findings import NOT_ESTABLISHED, PARTS, Figure, Finding
from relay_protocol.report_words import FINDINGS, LINES, PART_TITLES

Lang: TypeAlias = Literal["ja", "en"]
State: TypeAlias = Literal["established", "refused", "nothing", "not-reached"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an audit found.

    Attributes:
        source: where the ledger was read.
        made_at: when the audit was made, a whole second.
        findings: what was established, and what could not be.
        refusal: what did not hold; None where all did.
    """

    source: str
    made_at: datetime
    findings: tuple[Finding, ...]
    refusal: AuditError | None = None

    @property
    def result(self) -> Literal["sound", "refused"]:
        """The verdict."""
        return "sound" if self.refusal is None else "refused"

    def of_part(self, part: int) -> list[Finding]:
        """Return what was found in one part."""
        return [finding for finding in self.findings if finding.part == part]

    def state(self, part: int) -> State:
        """Return how far a part came."""
        if self.refusal is not None and part >= self.refusal.part:
            return "refused" if part == self.refusal.part else "not-reached"
        return "established" if self.of_part(part) else "nothing"

    def document(self) -> dict[str, Encodable]:
        """Return the report as JSON, with the sentences in both languages."""
        refusal = self.refusal
        return {
            "source": self.source,
            "made_at": instant_text(self.made_at),
            "result": self.result,
            "refusal": None
            if refusal is None
            else {
                "part": refusal.part,
                "code": refusal.code,
                "seq": refusal.seq,
                "detail": refusal.detail,
                "en": BREACHES[refusal.code].en,
                "ja": BREACHES[refusal.code].ja,
            },
            "parts": [
                {
                    "part": part,
                    "state": self.state(part),
                    "findings": [_document(finding) for finding in self.of_part(part)],
                }
                for part in PARTS
            ],
            "not_established": [_document(finding) for finding in self.of_part(NOT_ESTABLISHED)],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """One part of a report as people read it."""

    title: str
    sentences: tuple[str, ...]


def facts(report: Report, lang: Lang) -> Iterator[str]:
    """Yield what was audited: whose ledger, how long, and when."""
    yield line("ledger", lang, log=report.source)
    for finding in report.findings:
        if finding.code == "checkpoint-signed":
            yield line("size", lang, size=finding.figures["size"])
    yield line("made-at", lang, at=instant_text(report.made_at))


def verdict(refusal: AuditError | None, lang: Lang) -> Iterator[str]:
    """Yield the sentences that tell the result, and what is wrong."""
    if refusal is None:
        yield line("sound", lang)
        return
    if refusal.seq is None:
        yield line("refused", lang, part=refusal.part)
    else:
        yield line("refused-at", lang, part=refusal.part, seq=refusal.seq)
    yield _in(BREACHES[refusal.code], lang)
    if refusal.detail:
        yield line("where", lang, detail=_printable(refusal.detail))


def sections(report: Report, lang: Lang) -> Iterator[Section]:
    """Yield the parts of a report in their order, what was not established at the end."""
    for part in PARTS:
        state = report.state(part)
        told = [sentence(finding, lang) for finding in report.of_part(part)]
        if state == "refused":
            told.append(_in(BREACHES[report.refusal.code], lang) if report.refusal else "")
        elif state != "established":
            told.append(line(state, lang))
        title = line("part", lang, part=part, title=_in(PART_TITLES[part], lang))
        yield Section(title=title, sentences=tuple(told))
    open_questions = [sentence(one, lang) for one in report.of_part(NOT_ESTABLISHED)]
    if report.refusal is not None:
        open_questions.insert(0, line("not-beyond", lang, part=report.refusal.part))
    yield Section(title=line("not-established", lang), sentences=tuple(open_questions))


def text(report: Report, lang: Lang) -> str:
    """Return the report as plain text, one sentence a line."""
    lines = [line("title", lang), *facts(report, lang), *verdict(report.refusal, lang)]
    for section in sections(report, lang):
        lines += ["", section.title, *(f"  {sentence}" for sentence in section.sentences)]
    return "\n".join([*lines, ""])


def sentence(finding: Finding, lang: Lang) -> str:
    """Return what a finding says."""
    return _in(FINDINGS[finding.code], lang).format(**_told(finding.figures, lang))


def line(code: str, lang: Lang, **figures: Figure) -> str:
    """Return one of the lines of a report."""
    return _in(LINES[code], lang).format(**_told(figures, lang))


def _told(figures: Mapping[str, Figure], lang: Lang) -> dict[str, str]:
    """Return figures as people read them: numbers in groups, lists in words."""
    comma = "、" if lang == "ja" else ", "
    return {
        name: comma.join(map(str, figure))
        if isinstance(figure, tuple)
        else (f"{figure:,}" if isinstance(figure, int) else figure)
        for name, figure in figures.items()
    }


def _printable(text: str) -> str:
    """Return a text that comes from a ledger nobody trusts, without what steers a terminal."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _in(words: Words, lang: Lang) -> str:
    """Return words in one language."""
    return words.ja if lang == "ja" else words.en


def _document(finding: Finding) -> dict[str, Encodable]:
    """Return a finding as JSON."""
    figures: dict[str, Encodable] = {
        name: list(figure)
        if isinstance(figure, Sequence) and not isinstance(figure, str)
        else figure
        for name, figure in finding.figures.items()
    }
    return {
        "code": finding.code,
        "figures": figures,
        "en": sentence(finding, "en"),
        "ja": sentence(finding, "ja"),
    }
