"""Words in cells: outcomes, channels, stages, kinds, employment, as systems write them."""

import pytest

from career_relay.application import Channel, Employment, Kind, Outcome, Stage
from career_relay.imports import vocabulary


@pytest.mark.parametrize(
    ("text", "outcome"),
    [
        ("不採用", "rejected"),
        ("お見送り", "rejected"),
        ("書類選考 不合格", "rejected"),
        ("一次面接NG", "rejected"),
        ("Rejected", "rejected"),
        ("応募者辞退", "withdrawn"),
        ("選考辞退", "withdrawn"),
        ("内定辞退", "withdrawn"),
        ("Withdrew", "withdrawn"),
        ("入社決定", "hired"),
        ("内定承諾", "hired"),
        ("採用", "hired"),
        ("hired", "hired"),
        ("選考中", "ongoing"),
        ("内定", "ongoing"),
        ("面接調整中", "ongoing"),
        ("書類選考通過", "ongoing"),
        ("合格", "ongoing"),
        ("active", "ongoing"),
        ("非選考対象", "set-aside"),
        ("重複応募", "set-aside"),
        ("連絡不通", "set-aside"),
    ],
)
def test_a_status_tells_how_it_ended(text: str, outcome: Outcome) -> None:
    assert vocabulary.outcome_of(text) == outcome


@pytest.mark.parametrize("text", ["", "終了", "クローズ", "ongoingly", "ngo", "renewed"])
def test_a_status_that_says_nothing_is_not_guessed(text: str) -> None:
    assert vocabulary.outcome_of(text) is None


@pytest.mark.parametrize(
    ("text", "channel"),
    [
        ("エージェント", "agency"),
        ("人材紹介(大手)", "agency"),
        ("Agencies", "agency"),
        ("求人媒体", "job-board"),
        ("ハローワーク", "job-board"),
        ("Indeed", "job-board"),
        ("求人媒体(スカウト)", "scout"),
        ("ダイレクトリクルーティング", "scout"),
        ("LinkedIn (Prospecting)", "scout"),
        ("自社サイト", "own-site"),
        ("Jobs page on your website", "own-site"),
        ("社員紹介", "employee"),
        ("リファラル採用", "employee"),
        ("大学キャリアセンター", "school"),
        ("合同説明会", "event"),
        ("Campus Job Fair", "school"),
        ("その他", "other"),
    ],
)
def test_a_source_is_a_channel(text: str, channel: Channel) -> None:
    assert vocabulary.channel_of(text) == channel


@pytest.mark.parametrize("text", ["", "Supernatural Means", "媒", "reagent"])
def test_an_unknown_source_is_not_guessed(text: str) -> None:
    assert vocabulary.channel_of(text) is None


@pytest.mark.parametrize(
    ("text", "stage"),
    [
        ("書類選考", "document"),
        ("エントリー", "document"),
        ("適性検査", "document"),
        ("Application Review", "document"),
        ("Take Home Test", "document"),
        ("一次面接", "first-interview"),
        ("1次面接", "first-interview"),
        ("カジュアル面談", "first-interview"),
        ("Recruiter Phone Screen", "first-interview"),
        ("二次面接", "second-interview"),
        ("三次面接", "second-interview"),
        ("Face to Face", "second-interview"),
        ("最終面接", "final-interview"),
        ("役員面接", "final-interview"),
        ("Offer", "final-interview"),
        ("Executive Interview", "final-interview"),
    ],
)
def test_a_stage_is_one_of_four(text: str, stage: Stage) -> None:
    assert vocabulary.stage_of(text) == stage


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("新卒", "new-graduate"),
        ("新卒採用", "new-graduate"),
        ("インターン", "new-graduate"),
        ("中途", "mid-career"),
        ("第二新卒", "mid-career"),
        ("キャリア採用", "mid-career"),
        ("アルバイト", "part-time"),
        ("パート・アルバイト", "part-time"),
    ],
)
def test_a_kind_is_one_of_three_and_who_left_early_is_no_new_graduate(
    text: str, kind: Kind
) -> None:
    assert vocabulary.kind_of(text) == kind


@pytest.mark.parametrize(
    ("text", "employment"),
    [
        ("正社員", "permanent"),
        ("Full-time", "permanent"),
        ("契約社員", "contract"),
        ("派遣", "contract"),
        ("アルバイト", "part-time"),
        ("part-time", "part-time"),
    ],
)
def test_a_form_of_employment_is_one_of_three(text: str, employment: Employment) -> None:
    assert vocabulary.employment_of(text) == employment


@pytest.mark.parametrize(
    "look_up", [vocabulary.stage_of, vocabulary.kind_of, vocabulary.employment_of]
)
def test_unknown_words_have_no_code(look_up: object) -> None:
    assert callable(look_up)
    assert look_up("なにか") is None
    assert look_up("") is None
