"""What an organization must be told, until it says that it has acted on it."""

from collections.abc import Sequence
from typing import Final

from exchange.domain.errors import NotFoundError
from exchange.domain.organizations import Actor
from exchange.services.work import Work
from exchange.store import outbox as rows
from exchange.store.outbox import TellingRow

CORRECTED: Final = "corrected"
ERASED: Final = "erased"


def tell(work: Work, slug: str, about: str, reference: str) -> None:
    """Put into the outbox what an organization must be told, until it acknowledges it.

    Args:
        about: one word, such as "withdrawn".
        reference: the id by which that organization knows whom it is about.
    """
    work.session.add(
        TellingRow(
            slug=slug, about=about, reference=reference, told_at=work.now, acknowledged_at=None
        )
    )
    work.session.flush()


def waiting(work: Work, actor: Actor, *, after: int, limit: int) -> Sequence[TellingRow]:
    """Return what an organization has yet to acknowledge, oldest first.

    Args:
        after: the number of the last telling of the page before, or 0.
    """
    return rows.unacknowledged(work.session, actor.slug, after=after, limit=limit)


def acknowledge(work: Work, actor: Actor, number: int) -> None:
    """Take note that an organization has acted on what it was told.

    Of an erasure not even the telling stays.

    Raises:
        NotFoundError: it was told no such thing; another's number and an absent one look alike.
    """
    row = rows.telling(work.session, number, actor.slug)
    if row is None:
        raise NotFoundError(
            "There is no such telling.", field="number", detail_ja="このお知らせはありません。"
        )
    if row.about == ERASED:
        work.session.delete(row)
    else:
        row.acknowledged_at = work.now
    work.session.flush()
