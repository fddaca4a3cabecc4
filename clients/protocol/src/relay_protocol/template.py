"""The texts that canonical JSON has for each kind of fact, as expressions to match at once.

Whatever matches is canonical and of its kind's form; of what does not match, nothing is said.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from operator import getitem
from typing import Final, TypeAlias

from relay_protocol import canonical, grammar
from relay_protocol.errors import AttestationError, CanonicalError
from relay_protocol.grammar import PLAIN_TEXT, Form, LeafForm, ListForm, RecordForm
from relay_protocol.kinds import HUB, KINDS, Kind, always_agrees

REMEMBERED: Final = 4_096
"""How many texts of one place are remembered: dates, ledgers and companies come again."""

_Judge: TypeAlias = Callable[[str], bool]


class _Remembered(dict[str, bool]):
    """Whether texts are of a form, asked once for each; whoever asks looks a text up."""

    def __init__(self, judge: _Judge) -> None:
        super().__init__()
        self._judge = judge

    def __missing__(self, text: str) -> bool:
        """Return whether a text is of the form that nobody has asked about."""
        answer = self._judge(text)
        if len(self) >= REMEMBERED:
            self.clear()
        self[text] = answer
        return answer


@dataclass(frozen=True, slots=True)
class Template:
    """The expression of one kind, and what is asked of the parts that it captures.

    Attributes:
        expression: matches the whole text.
        judges: one for each group of the expression.
    """

    expression: re.Pattern[str]
    judges: tuple[_Remembered, ...]

    def fits(self, text: str) -> bool:
        """Return whether a text is certain to be canonical and of the kind's form."""
        match = self.expression.fullmatch(text)
        if match is None:
            return False
        return all(map(getitem, self.judges, match.groups()))


def proven_kind(text: str) -> str | None:
    """Return the kind of a text that is certain to be an attestation's canonical JSON.

    Where it returns None, the text may be one all the same: only reading it in full can tell.
    """
    start = text.rfind(_KIND_MEMBER) + len(_KIND_MEMBER)
    kind = text[start : text.find('"', start)]
    return kind if kind in KNOWN and _template(kind).fits(text) else None


@cache
def _template(name: str) -> Template:
    """Return the template of a kind, made when it is first asked for."""
    kind = KINDS[name]
    judges: list[_Remembered] = []
    members = {
        "at": _instant(judges),
        "body": _expression(kind.body, judges),
        "by": _maker(kind),
        "id": _expression(grammar.ATTESTATION_ID, judges),
        "kind": re.escape(f'"{kind.name}"'),
        "log": _expression(grammar.LOG_NAME, judges),
        "refs": _expression(kind.refs, judges),
        "v": "1",
    }
    return Template(re.compile(_object(members), re.ASCII), tuple(judges))


def _instant(judges: list[_Remembered]) -> str:
    """Return the expression of an instant."""
    judges.append(_Remembered(grammar.is_date))
    return r'"([0-9]{4}-[0-9]{2}-[0-9]{2})T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"'


def _maker(kind: Kind) -> str:
    """Return the expression of who may say a kind of fact."""
    if kind.by == {HUB}:
        return f'"{HUB}"'
    return grammar.SLUG.json if HUB in kind.by else f'(?!"{HUB}"){grammar.SLUG.json}'


def _object(members: Mapping[str, str]) -> str:
    """Return the expression of an object from those of its members, which canonical JSON sorts."""
    return r"\{" + ",".join(f'"{name}":{members[name]}' for name in sorted(members)) + r"\}"


def _expression(form: Form, judges: list[_Remembered]) -> str:
    """Return the expression of a form, and add who judges what it captures."""
    if isinstance(form, LeafForm):
        if form.decides:
            return form.json
        judges.append(_Remembered(_judge_of_leaf(form)))
        return f"({form.json})"
    if isinstance(form, RecordForm):
        # In the order of the text: the judges are asked in the order of the groups.
        return _object({name: _expression(form.of[name], judges) for name in sorted(form.of)})
    if isinstance(form, ListForm):
        judges.append(_Remembered(_judge_of(form)))
        return f"({_loosely(form)})"
    return grammar.NOTHING


def _loosely(form: Form) -> str:
    """Return an expression that canonical JSON of a form matches, which captures nothing."""
    if isinstance(form, LeafForm):
        return form.json
    if isinstance(form, RecordForm):
        return _object({name: _loosely(inner) for name, inner in form.of.items()})
    if isinstance(form, ListForm):
        inner = _loosely(form.of)
        return rf"\[(?:{inner}(?:,{inner})*)?\]"
    return grammar.NOTHING


def _judge_of_leaf(form: LeafForm) -> _Judge:
    """Return who judges the JSON of a single value."""
    if form.json == PLAIN_TEXT:
        return lambda text: form.accepts(text[1:-1])
    return _judge_of(form)


def _judge_of(form: Form) -> _Judge:
    """Return who reads JSON in full, and checks it against a form."""

    def judge(text: str) -> bool:
        try:
            form.check(canonical.decode(text.encode()), "")
        except (CanonicalError, AttestationError):
            return False
        return True

    return judge


_KIND_MEMBER: Final = '"kind":"'
KNOWN: Final = frozenset(name for name, kind in KINDS.items() if kind.agrees is always_agrees)
"""The kinds that have a template: their values need not agree in ways that forms cannot say."""
