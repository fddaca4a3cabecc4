"""A candidate gets everything that is held about them, and can be forgotten wholly."""

import json
from pathlib import Path

import pytest

from exchange.domain.errors import NotFoundError
from exchange.hub import Hub
from exchange.services import candidate_links, consents, invitations, listing, subject_requests
from exchange.services import ledger as ledger_cases
from exchange.store import ledger as ledger_rows
from exchange.store import outbox, profiles, subjects
from exchange.store import referrals as referral_rows
from exchange.store.columns import Base
from relay_protocol.encoding import b64url_decode
from relay_protocol.entry import Entry, Reveal, check_reveal
from tests.story import referrals, relays
from tests.story.referrals import Candidate
from tests.story.scheme import Consortium
from tests.story.second_reader import check_receipt

CANARY = "ササラビョウシステム"


@pytest.fixture
def person(consortium: Consortium) -> Candidate:
    """Return somebody with something in every field that they can fill."""
    hub = consortium.hub
    someone = referrals.consent(
        hub,
        consortium.members[0],
        groups=(*referrals.GROUPS, "summary", "endorsement"),
        modules=["exception"],
        companies=(f"{CANARY}販売",),
    )
    referrals.fill_in(hub, someone, {**referrals.FORM, "summary": f"{CANARY}を担当しました。"})
    referrals.add(hub, someone, {"endorsement": f"{CANARY}を落ち着いて進めました。"})
    referrals.ask_to_list(hub, someone)
    return someone


def export(hub: Hub, person: Candidate) -> dict[str, dict[str, list[dict[str, object]]]]:
    """Return the export, as it is after a trip through JSON."""
    with hub.reading() as work:
        document = subject_requests.export(work, person.actor)
    read: dict[str, dict[str, list[dict[str, object]]]] = json.loads(json.dumps(document))
    return read


def erase(hub: Hub, person: Candidate) -> None:
    """Erase somebody."""
    with hub.work() as work:
        subject_requests.erase(work, person.actor)
    hub.scrub()


def test_the_export_holds_what_was_written_added_listed_and_excluded(
    consortium: Consortium, person: Candidate
) -> None:
    held = export(consortium.hub, person)["held"]
    (row,) = held["profiles"]
    assert row["state"] == "listed"
    assert CANARY in json.dumps(row["sealed_form"], ensure_ascii=False)
    assert CANARY in json.dumps(row["sealed_added"], ensure_ascii=False)
    assert CANARY in json.dumps(row["sealed_listed"], ensure_ascii=False)
    assert CANARY in json.dumps(held["candidates"][0]["sealed_exclusions"], ensure_ascii=False)
    assert held["consents"][0]["groups"] == [*referrals.GROUPS, "endorsement", "summary"]


def test_the_export_names_every_table_and_every_column_that_says_so(
    consortium: Consortium, person: Candidate
) -> None:
    relays.claim(consortium.hub, consortium.agencies[0])
    held = export(consortium.hub, person)["held"]
    assert set(held) == {table.name for table in subjects.tables()}
    for name, found in held.items():
        told = {
            column.name
            for column in Base.metadata.tables[name].columns
            if column.info.get("export")
        }
        assert all(set(row) == told for row in found), name


def test_the_export_opens_messages_and_reveals(consortium: Consortium, person: Candidate) -> None:
    hub = consortium.hub
    relays.claim(hub, consortium.agencies[0])
    hub.sequence()
    held = export(hub, person)["held"]
    assert "お話し" in str(held["claims"][0]["sealed_message"])
    with hub.reading() as work:
        rows = ledger_rows.of_candidate(work.session, person.actor.candidate_id)
        entries = {row.id: ledger_rows.entry(work.session, row.seq or 0) for row in rows}
    kinds = set()
    for found in held["attestations"]:
        told = found["reveal"]
        assert isinstance(told, dict)
        kinds.add(told["attestation"]["kind"])
        reveal = Reveal.decode(b64url_decode(told["reveal"]))
        entry = entries[told["attestation"]["id"]]
        assert entry is not None
        check_reveal(Entry.decode(entry.entry), reveal)
    assert {"referral.invited", "consent.given", "profile.listed", "claim.bound"} <= kinds


def test_the_export_brings_the_notice_and_the_names_with_it(
    consortium: Consortium, person: Candidate
) -> None:
    document = export(consortium.hub, person)
    assert set(document["notices"]) == {referrals.NOTICE}
    assert consortium.members[0].slug in document["organizations"]


def test_the_export_holds_the_receipt_of_every_act_that_a_checkpoint_covers(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    hub.sequence()
    relays.claim(hub, consortium.agencies[0])  # not published yet
    given = export(hub, person)["receipts"]
    with hub.reading() as work:
        acts = {
            row.id: row.kind
            for row in ledger_rows.of_candidate(work.session, person.actor.candidate_id)
        }
    waiting = {name for name in acts if acts[name].startswith("claim.")}
    assert len(waiting) == 2
    assert set(given) == set(acts) - waiting
    for name, file in given.items():
        said = check_receipt(str(file).encode(), hub.scheme.ledger_vkey)
        assert (said["id"], said["kind"]) == (name, acts[name])
    hub.sequence()
    assert set(export(hub, person)["receipts"]) == set(acts)


def test_an_export_is_of_one_person_alone(consortium: Consortium, person: Candidate) -> None:
    other = referrals.listed(consortium.hub, consortium.members[1])
    text = json.dumps(export(consortium.hub, other), ensure_ascii=False)
    assert CANARY not in text
    assert person.referral not in text


def test_after_the_erasure_no_row_is_about_the_person(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    claim = relays.claim(hub, consortium.agencies[0])
    relays.approve(
        hub,
        relays.Candidate(
            token=person.token,
            referral=person.referral,
            origin=consortium.members[0],
            actor=person.actor,
        ),
        claim.id,
    )
    erase(hub, person)
    with hub.reading() as work:
        for rows in subjects.held_about(work.session, person.actor.candidate_id).values():
            assert rows == []
        assert referral_rows.referral(work.session, person.referral) is None
        with pytest.raises(NotFoundError):
            candidate_links.candidate_of(work, person.token)
        with pytest.raises(NotFoundError):
            invitations.opened(work, person.invited.token)


@pytest.mark.parametrize("engine", ["sqlite"])  # a server's files are not the hub's to scrub
def test_erased_bytes_are_in_no_file_of_the_database(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    erase(hub, person)
    database = Path(hub.settings.database_url.removeprefix("sqlite:///"))
    kept = b"".join(path.read_bytes() for path in database.parent.glob(f"{database.name}*"))
    assert person.actor.candidate_id.encode() not in kept


def test_every_recipient_is_told_by_the_id_that_they_know(
    consortium: Consortium, person: Candidate
) -> None:
    hub, origin, agency = consortium.hub, consortium.members[0], consortium.agencies[0]
    claim = relays.claim(hub, agency)
    erase(hub, person)
    with hub.reading() as work:
        to_origin = outbox.unacknowledged(work.session, origin.slug)
        to_agency = outbox.unacknowledged(work.session, agency.slug)
        to_other = outbox.unacknowledged(work.session, consortium.agencies[1].slug)
    assert [(row.about, row.reference) for row in to_origin] == [("erased", person.referral)]
    assert [(row.about, row.reference) for row in to_agency] == [("erased", claim.id)]
    assert to_other == []


def test_what_was_told_before_the_erasure_is_told_as_an_erasure_now(
    consortium: Consortium, person: Candidate
) -> None:
    hub, origin = consortium.hub, consortium.members[0]
    with hub.work() as work:
        consents.withdraw(work, person.actor)
    erase(hub, person)
    with hub.reading() as work:
        told = outbox.unacknowledged(work.session, origin.slug)
    assert [row.about for row in told] == ["erased"]


def test_the_ledger_keeps_closed_entries_and_stays_whole(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    hub.sequence()
    with hub.reading() as work:
        before = {
            row.id: row.seq
            for row in ledger_rows.of_candidate(work.session, person.actor.candidate_id)
        }
        size = ledger_rows.size(work.session)
    erase(hub, person)
    hub.sequence()
    with hub.reading() as work:
        assert ledger_rows.size(work.session) > size
        for name, seq in before.items():
            assert ledger_cases.proof_of(work, name) is None
            assert seq is not None
            entry = ledger_rows.entry(work.session, seq)
            assert entry is not None
            assert person.referral.encode() not in entry.entry


def test_what_waits_for_its_place_is_sequenced_after_the_erasure(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    with hub.reading() as work:
        waiting = ledger_rows.queue_length(work.session)
        size = ledger_rows.size(work.session)
    erase(hub, person)
    hub.sequence()
    with hub.reading() as work:
        assert ledger_rows.size(work.session) >= size + waiting


def test_an_erasure_leaves_the_counters_right(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [referrals.listed(hub, member, modules=()) for member in consortium.members]
    referrals.list_due(hub)
    key = referrals.profile_of(hub, people[1]).class_key
    assert key is not None
    erase(hub, people[0])
    with hub.reading() as work:
        assert profiles.class_size(work.session, key) == (2, 2)
    assert referrals.profile_of(hub, people[1]).state == "held"


def test_the_neighbours_of_an_erased_person_keep_everything(
    consortium: Consortium, person: Candidate
) -> None:
    hub = consortium.hub
    other = referrals.listed(hub, consortium.members[0])
    before = export(hub, other)["held"]
    erase(hub, person)
    assert export(hub, other)["held"] == before


def test_the_erased_cannot_be_erased_again(consortium: Consortium, person: Candidate) -> None:
    erase(consortium.hub, person)
    with pytest.raises(NotFoundError):
        erase(consortium.hub, person)
    with pytest.raises(NotFoundError), consortium.hub.reading() as work:
        subject_requests.export(work, person.actor)


def test_nobody_is_shown_the_erased(consortium: Consortium, person: Candidate) -> None:
    hub = consortium.hub
    erase(hub, person)
    with hub.reading() as work:
        assert listing.shown(work, profiles.in_state(work.session, "listed")) == []
