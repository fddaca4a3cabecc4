"""Every kind of entry has its words, so that no paper and no trace has a hole."""

from relay_protocol.cli.kind_words import KINDS
from relay_protocol.entry import KINDS as ALL_KINDS


def test_every_kind_has_words_in_both_languages() -> None:
    assert KINDS.keys() == ALL_KINDS
    for kind in KINDS.values():
        assert all((*kind.called, *kind.compare))
        assert kind.called.ja != kind.called.en
