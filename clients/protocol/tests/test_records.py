import json
from collections.abc import Callable, Mapping
from datetime import date

import pytest

from relay_protocol import canonical
from relay_protocol.errors import PointsError
from relay_protocol.facts import Introduced, Left, Started
from relay_protocol.journal import fold
from relay_protocol.points import Cause, Resolution, Term, Transfer, available, hub_points
from relay_protocol.records import (
    resolution_document,
    resolution_from,
    term_document,
    term_from,
    transfer_document,
    transfer_from,
)
from relay_protocol.settlement import Closing

CAUSE = Cause(rules="demo-1", fact="int-1", leg="counted")
TRANSFER = Transfer(
    id="a-lot",
    cause=CAUSE,
    debit=hub_points("issue"),
    credit=available("points", "acme"),
    count=2,
    reason="earned",
    lot="a-lot",
    agency="agency-x",
    expires_on=date(2029, 1, 9),
    posts_on=date(2027, 1, 9),
    period="2026-12",
    belongs_to="2026-11",
)
RESOLUTION = Resolution(transfer="a-lot", outcome="voided", because="withdrawn", period="2026-12")
TERM = Term(
    lot="a-lot",
    kind="referral",
    subject="ref-1",
    member="acme",
    agency="agency-x",
    cause=CAUSE,
    count=2,
    began_on=date(2026, 12, 10),
    ends_on=date(2027, 1, 9),
    expires_on=date(2029, 1, 9),
)
TRANSFER_DOCUMENT = {
    "agency": "agency-x",
    "belongs_to": "2026-11",
    "count": 2,
    "credit": "points:acme:available",
    "debit": "points:hub:issue",
    "expires_on": "2029-01-09",
    "fact": "int-1",
    "id": "a-lot",
    "leg": "counted",
    "lot": "a-lot",
    "period": "2026-12",
    "posts_on": "2027-01-09",
    "reason": "earned",
    "rules": "demo-1",
}
RESOLUTION_DOCUMENT = {
    "because": "withdrawn",
    "outcome": "voided",
    "period": "2026-12",
    "transfer": "a-lot",
}
TERM_DOCUMENT = {
    "agency": "agency-x",
    "began_on": "2026-12-10",
    "count": 2,
    "ends_on": "2027-01-09",
    "expires_on": "2029-01-09",
    "fact": "int-1",
    "kind": "referral",
    "leg": "counted",
    "lot": "a-lot",
    "member": "acme",
    "rules": "demo-1",
    "subject": "ref-1",
    "undone": False,
}

Reader = Callable[[Mapping[str, object]], object]
READERS: list[tuple[Reader, dict[str, object]]] = [
    (transfer_from, dict(TRANSFER_DOCUMENT)),
    (resolution_from, dict(RESOLUTION_DOCUMENT)),
    (term_from, dict(TERM_DOCUMENT)),
]


def test_a_record_is_written_as_a_document_and_read_back() -> None:
    assert transfer_document(TRANSFER) == TRANSFER_DOCUMENT
    assert transfer_from(TRANSFER_DOCUMENT) == TRANSFER
    assert resolution_document(RESOLUTION) == RESOLUTION_DOCUMENT
    assert resolution_from(RESOLUTION_DOCUMENT) == RESOLUTION
    assert term_document(TERM) == TERM_DOCUMENT
    assert term_from(TERM_DOCUMENT) == TERM


def test_a_transfer_that_took_effect_at_once_waits_for_no_day() -> None:
    at_once = transfer_from({**TRANSFER_DOCUMENT, "posts_on": None})
    assert at_once.posts_on is None
    assert transfer_document(at_once)["posts_on"] is None


@pytest.mark.parametrize(("read", "document"), READERS)
def test_a_document_that_lacks_a_part_or_has_one_more_is_refused(
    read: Reader, document: dict[str, object]
) -> None:
    for part in document:
        with pytest.raises(PointsError):
            read({name: value for name, value in document.items() if name != part})
    with pytest.raises(PointsError, match="more than its parts"):
        read({**document, "person": "nobody"})


@pytest.mark.parametrize(("read", "document"), READERS)
@pytest.mark.parametrize("value", ["", 7, 2.0, True, [], "20270109"])
def test_a_part_of_another_form_is_refused(
    read: Reader, document: dict[str, object], value: object
) -> None:
    for part in document:
        changed = {**document, part: value}
        if part in {"count", "undone"} and type(value) in {int, bool}:
            continue
        if isinstance(value, str) and part not in {
            *("count", "undone", "credit", "debit", "reason", "kind", "outcome", "because"),
            *("expires_on", "posts_on", "began_on", "ends_on"),
        }:
            continue  # names are texts, and any text may be one
        with pytest.raises(PointsError):
            read(changed)


@pytest.mark.parametrize("count", [0, True, 2.0])
def test_a_transfer_of_nothing_is_read_from_no_document(count: object) -> None:
    with pytest.raises(PointsError):
        transfer_from({**TRANSFER_DOCUMENT, "count": count})


def test_a_book_survives_being_kept_as_documents(
    close: Callable[..., Closing],
    introduced: Callable[..., Introduced],
    started: Callable[..., Started],
) -> None:
    first = close(
        "2026-12",
        None,
        [
            *(introduced(f"ref-{n}", date(2026, 12, n + 1)) for n in range(9)),
            started("hire-1", date(2026, 12, 1)),
            started("hire-2", date(2026, 12, 1)),
        ],
    )
    second = close("2027-01", first, [Left(hire="hire-2", on=date(2027, 1, 4))])
    kept = json.loads(
        canonical.encode(
            {
                "transfers": [
                    transfer_document(one) for close in (first, second) for one in close.transfers
                ],
                "resolutions": [
                    resolution_document(one)
                    for close in (first, second)
                    for one in close.resolutions
                ],
                "terms": [term_document(term) for term in second.book.terms],
            }
        )
    )
    book = fold(
        map(transfer_from, kept["transfers"]),
        map(resolution_from, kept["resolutions"]),
        map(term_from, kept["terms"]),
    )
    assert book == second.book
