"""What an audit has established, and what it has not: codes and figures, without any words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, TypeAlias

Figure: TypeAlias = int | str | tuple[int, ...]

PARTS: Final = (1, 2, 3, 4, 5, 6, 7, 8)
"""The parts of the plan, in the order in which they are gone through (ledger.md, section 4)."""

NOT_ESTABLISHED: Final = 9
"""The part of the report for what no part of the plan could tell."""

_NO_FIGURES: Mapping[str, Figure] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that holds; in part 9, one that this audit cannot tell.

    Attributes:
        part: number of the plan's part.
        code: a key of report_words.FINDINGS.
        figures: what its sentence names.
    """

    part: int
    code: str
    figures: Mapping[str, Figure] = field(default_factory=lambda: _NO_FIGURES)


@dataclass(slots=True)
class Telling:
    """Takes down findings as they are made.

    Attributes:
        progress: is told the part at work, how much of it is done, and how much there is.
        findings: all that was established, or could not be, so far.
    """

    progress: Callable[[int, int, int], None]
    findings: list[Finding] = field(default_factory=list)

    def establish(self, part: int, code: str, figures: Mapping[str, Figure] = _NO_FIGURES) -> None:
        """Take down what holds."""
        self.findings.append(Finding(part=part, code=code, figures=figures))

    def cannot(self, code: str, figures: Mapping[str, Figure] = _NO_FIGURES) -> None:
        """Take down what cannot be told."""
        self.establish(NOT_ESTABLISHED, code, figures)
