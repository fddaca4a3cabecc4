"""What stays of a person's facts when the person is erased: what they were worth, and nothing else.

Settlement alone knows which transfers a fact has caused; erasure asks here, before any row goes.
"""

from exchange.services import books, ledger, settlement, settlement_facts
from exchange.services.ledger import Fact
from exchange.services.work import Work, adoptions, local_day
from exchange.store import hires as hire_rows
from exchange.store import points as rows
from relay_protocol import canonical
from relay_protocol.facts import Kept
from relay_protocol.keeping import erase


def keep_facts(work: Work, candidate_id: str) -> None:
    """Keep what facts about a candidate have earned, without the person (slots.md, `fact.kept`).

    What still cools off is voided at once. A close that settles the month goes by what is
    attested here: the facts themselves go with the candidate's rows, as do terms and causes.

    Args:
        candidate_id: the candidate whose rows are about to go, all of them still there.
    """
    # Also where nothing is to be kept: no close may read what is about to go.
    rows.lock(work.session)
    introductions = hire_rows.introductions_of_candidate(work.session, candidate_id)
    period = settlement.open_period(work)
    if not introductions or period is None:
        return
    newest = rows.newest_run(work.session)
    hires = hire_rows.hires_of_candidate(work.session, candidate_id)
    erasure = erase(
        books.book_of(work.session),
        settlement_facts.since(work, newest.cut if newest else 0),
        adoptions=adoptions(work.session),
        subjects={row.referral_id for row in introductions} | {row.id for row in hires},
        on=local_day(work),
        period=period,
    )
    books.resolve(work.session, erasure.resolutions)
    books.keep_terms(work.session, erasure.book.terms)
    for kept in erasure.kept:
        ledger.attest_as_hub(work, Fact(kind="fact.kept", body=_body(kept)))


def _body(kept: Kept) -> dict[str, canonical.Value]:
    """Return the body of the attestation that states what is kept."""
    body = canonical.decode(canonical.encode(kept.body()))
    return body if isinstance(body, dict) else {}
