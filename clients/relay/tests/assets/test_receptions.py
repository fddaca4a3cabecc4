"""Records of receipt: the first one of an envelope stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from career_relay.assets import receptions
from career_relay.assets.receptions import Reception
from career_relay.assets.store import AssetStore

AT = datetime(2026, 12, 1, 3, 4, 5, tzinfo=UTC)
RECEPTION = Reception(
    envelope="env_1",
    claim="clm_1",
    origin="mirai",
    origin_name="株式会社みらい製作所",
    person="夢原 空太",
    items=("name", "email"),
    release="A" * 22,
    opened_at=AT,
)


def kept(store: AssetStore) -> list[Reception]:
    with store.reading() as rows:
        return list(receptions.every(rows))


def test_a_reception_comes_back_as_it_was_kept(store: AssetStore) -> None:
    with store.transaction() as rows:
        receptions.keep(rows, RECEPTION)
    assert kept(store) == [RECEPTION]


def test_opening_again_changes_nothing(store: AssetStore) -> None:
    with store.transaction() as rows:
        receptions.keep(rows, RECEPTION)
        receptions.keep(rows, replace(RECEPTION, opened_at=AT + timedelta(days=1)))
    assert kept(store) == [RECEPTION]


def test_receptions_stand_in_the_order_in_which_they_were_opened(store: AssetStore) -> None:
    later = replace(RECEPTION, envelope="env_0", opened_at=AT + timedelta(days=1))
    with store.transaction() as rows:
        receptions.keep(rows, later)
        receptions.keep(rows, RECEPTION)
    assert [one.envelope for one in kept(store)] == ["env_1", "env_0"]
