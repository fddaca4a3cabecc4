"""The words of a witness's commands: every kind of alarm has them, in two languages."""

from typing import get_args

from career_relay.commands.witness_words import ALARM_KINDS
from career_relay.witness.state import AlarmKind


def test_every_kind_of_alarm_is_named_in_both_languages() -> None:
    assert set(ALARM_KINDS) == set(get_args(AlarmKind))
    assert all(words.en != words.ja for words in ALARM_KINDS.values())
