"""One round of a member's client with the hub: look, take answers, add profiles, release."""

from dataclasses import dataclass

from career_relay.additions import Additions, add_profiles
from career_relay.answers import Answers, take_answers, take_tellings
from career_relay.connection import Connection
from career_relay.handover import Handover, hand_over


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one round has brought.

    Attributes:
        erased: referrals whose candidate had everything forgotten.
    """

    answers: Answers
    erased: list[str]
    additions: Additions
    handover: Handover

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
    return Round(answers=answers, erased=erased, additions=additions, handover=handover)
