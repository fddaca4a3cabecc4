"""A scheme opens once; its rules and notices are adopted on the ledger and never change."""

import hashlib
from datetime import UTC, date, datetime

import pytest

from exchange.domain.errors import AlreadyKnownError, BadInputError
from exchange.hub import Hub
from exchange.services import scheme
from exchange.services.scheme import Opening
from exchange.store import ledger as ledger_rows
from exchange.store import scheme as rows
from exchange.store import transaction
from relay_protocol.attestation import SignedAttestation
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import RulesError
from relay_protocol.rules import DEMO
from tests.story.scheme import corporate_number


def attestations(hub: Hub) -> list[SignedAttestation]:
    """Return what the clear entries of the ledger say, in order."""
    hub.sequence()
    with hub.reading() as work:
        entries = ledger_rows.entries(work.session, 0, ledger_rows.size(work.session))
    signed = [Entry.decode(entry).signed_bytes for entry in entries]
    return [SignedAttestation(wire=one) for one in signed if one is not None]


def test_entry_0_opens_the_scheme_with_all_its_keys(empty_hub: Hub) -> None:
    opened = attestations(empty_hub)[0].attestation
    assert opened.kind == "scheme.opened"
    assert opened.body["demo"] is True
    assert opened.body["origin"] == "localhost:8400/ledger"
    assert opened.body["web_origin"] == "http://localhost:8400"
    assert opened.body["rp_id"] == "localhost"
    keys = opened.body["keys"]
    assert isinstance(keys, dict)
    assert keys["log"] == empty_hub.scheme.ledger_vkey


def test_a_database_holds_one_scheme(empty_hub: Hub) -> None:
    opening = Opening(
        name="二つめ",
        name_en="Second",
        web_origin="http://localhost:8401",
        operator="second",
        operator_number=corporate_number(2),
        contact="office@example.jp",
        demo=True,
    )
    with (
        pytest.raises(AlreadyKnownError),
        transaction.writing(empty_hub.sessions) as session,
    ):
        scheme.open_scheme(session, empty_hub.keyring, opening, datetime.now(UTC))


def test_adopted_rules_stand_on_the_ledger_in_full(empty_hub: Hub) -> None:
    adopted = [one.attestation for one in attestations(empty_hub)]
    rules = next(one for one in adopted if one.kind == "rules.adopted")
    assert rules.by == "office"
    assert rules.body["version"] == "demo-1"
    assert rules.body["rules"] == {**DEMO}


def test_rules_of_a_version_are_adopted_once(empty_hub: Hub) -> None:
    with pytest.raises(AlreadyKnownError, match="demo-1"), empty_hub.work() as work:
        scheme.adopt_rules(work, {**DEMO, "k": 9}, date(2027, 1, 1))


@pytest.mark.parametrize("k", [2.5e-42, True, "3", 0, None])
def test_rules_with_a_number_that_is_none_are_refused_and_nothing_is_kept(
    empty_hub: Hub, k: object
) -> None:
    with pytest.raises(RulesError, match="k"), empty_hub.work() as work:
        scheme.adopt_rules(work, {**DEMO, "version": "demo-2", "k": k}, date(2027, 1, 1))
    with empty_hub.reading() as work:
        assert [row.version for row in rows.adopted_rules(work.session)] == ["demo-1"]


def test_a_notice_stands_on_the_ledger_by_its_hashes(empty_hub: Hub) -> None:
    notice = next(
        one.attestation
        for one in attestations(empty_hub)
        if one.attestation.kind == "notice.adopted"
    )
    expected = b64url_encode(hashlib.sha256("お知らせ".encode()).digest())
    assert notice.body["ja"] == expected
    assert set(notice.body) == {"version", "ja", "en"}


def test_a_notice_never_changes(empty_hub: Hub) -> None:
    with pytest.raises(AlreadyKnownError), empty_hub.work() as work:
        scheme.adopt_notice(work, "2026-12-A", ja="別の文", en="Another text")


@pytest.mark.parametrize(("ja", "en", "field"), [(" ", "text", "ja"), ("文", "", "en")])
def test_a_notice_needs_both_languages(empty_hub: Hub, ja: str, en: str, field: str) -> None:
    with pytest.raises(BadInputError) as refused, empty_hub.work() as work:
        scheme.adopt_notice(work, "2027-01-A", ja=ja, en=en)
    assert refused.value.field == field
