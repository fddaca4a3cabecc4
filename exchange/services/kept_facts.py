"""What stays of a person's facts when the person is erased: what they were worth, and nothing else.

Settlement alone knows which transfers a fact has caused; erasure asks here, before any row goes.
"""

from exchange.services.work import Work


def keep_facts(work: Work, candidate_id: str) -> None:
    """Keep what facts about a candidate have earned, without the person (slots.md, `fact.kept`).

    Args:
        candidate_id: the candidate whose rows are about to go, all of them still there.
    """
    del work, candidate_id
