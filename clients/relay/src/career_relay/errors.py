"""Everything that can go wrong between a client and its hub, in words for whoever reads it."""

from dataclasses import dataclass

from career_relay.words import Words, same


class RelayError(Exception):
    """Something that the reader can act on, said in both languages.

    Attributes:
        said: what happened.
        mend: what to do about it; empty where there is nothing.
    """

    def __init__(self, said: Words, mend: Words | None = None) -> None:
        super().__init__(said.en)
        self.said = said
        self.mend = mend or same("")


class KeyFileError(RelayError):
    """A file of a key cannot be read, is of another kind, open to others, or already there."""


class HubUnreachableError(RelayError):
    """The hub gives no answer, however often it is asked."""


class HubAnswerError(RelayError):
    """The hub answers with what no hub of this protocol answers with."""


class DistrustError(RelayError):
    """What the hub shows does not agree with the ledger, or with what it showed before."""


class NotReadyError(RelayError):
    """Something is not there yet; the same command will do later."""


class NotDueError(RelayError):
    """What was asked for does not follow from how things stand here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One value at fault, as a problem document lists it."""

    field: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A refusal as the hub words it (RFC 9457), in the language that it was asked in.

    Attributes:
        slug: which refusal it is: `token-expired`.
        field: path of the value at fault, parts joined by `/`; may be empty.
        mend: what to do about it; may be empty.
    """

    slug: str
    title: str
    status: int
    detail: str
    field: str = ""
    mend: str = ""
    faults: tuple[Fault, ...] = ()


class HubRefusedError(RelayError):
    """The hub understands what is asked for, and refuses it.

    Attributes:
        problem: what the hub says about it.
    """

    def __init__(self, problem: Problem) -> None:
        place = f"{problem.field}: " if problem.field else ""
        super().__init__(same(f"{place}{problem.detail}"), same(problem.mend))
        self.problem = problem
