"""One round of a member's client with the hub: look, take answers, add profiles, release, tell."""

from dataclasses import dataclass
from pathlib import Path

from career_relay.additions import Additions, add_profiles
from career_relay.answers import Answers, take_answers, take_tellings
from career_relay.connection import Connection
from career_relay.handover import Handover, hand_over
from career_relay.telling import tell_released


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round has brought.

    Attributes:
        erased: referrals whose candidate had everything forgotten.
        letters: written to tell candidates that their contact was passed on; to be sent.
    """

    answers: Answers
    erased: list[str]
    additions: Additions
    handover: Handover
    letters: list[Path]

    @property
    def whole(self) -> bool:
        """Whether nothing was refused."""
        return not (self.additions.refused or self.handover.refused)


def synchronize(connection: Connection) -> Round:
    """Do one round; whatever an earlier one has left undone is done now.

    The order matters: nothing is sent for a candidate whose withdrawal or erasure is at hand.

    Raises:
        DistrustError: the hub shows what the ledger does not bear out; nothing more is sent.
        HubRefusedError, HubUnreachableError, HubAnswerError: the hub does not answer well.
    """
    connection.pins.refresh()
    answers = take_answers(connection)
    erased = take_tellings(connection)
    additions = add_profiles(connection)
    handover = hand_over(connection)
    return Round(
        answers=answers,
        erased=erased,
        additions=additions,
        handover=handover,
        letters=tell_released(connection),
    )
