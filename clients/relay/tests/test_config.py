"""`relay.toml`: everything it may say, and every way in which it says it wrong."""

from pathlib import Path

import pytest

from career_relay.config import Company, ConfigError, InvitationSettings, read_config

LEAST = """
hub = "http://localhost:8400/"
slug = "mirai"
"""
MOST = """
hub = "https://relay.example.jp"
ledger = "relay.example.jp/ledger+1234+abcd"
slug = "mirai-works"
role = "agency"
signing_key = "keys/sign.pem"
sealing_key = "keys/seal.pem"
store = "own/assets.db"
letters = "out"
clock = "clock"

[company]
name = "株式会社みらい製作所"
name_en = "Mirai Works"
contact = "saiyo@example.jp"
sender = "株式会社みらい製作所 採用担当 <saiyo@example.jp>"

[invitation]
recent_days = 90
valid_days = 30
templates = "words"
evaluation = true
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "relay.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_least_there_must_be_gives_defaults_for_the_rest(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, LEAST))
    assert config.hub == "http://localhost:8400"
    assert config.slug == "mirai"
    assert config.role == "member"
    assert config.store == tmp_path.resolve() / "assets.db"
    assert config.letters == tmp_path.resolve() / "letters"
    assert config.ledger == ""
    assert config.signing_key is None
    assert config.sealing_key is None
    assert config.clock is None
    assert config.company == Company()
    assert config.invitation == InvitationSettings()


def test_everything_there_may_be_is_read(tmp_path: Path) -> None:
    config = read_config(write(tmp_path, MOST))
    here = tmp_path.resolve()
    assert config.hub == "https://relay.example.jp"
    assert config.ledger == "relay.example.jp/ledger+1234+abcd"
    assert config.role == "agency"
    assert config.signing_key == here / "keys" / "sign.pem"
    assert config.sealing_key == here / "keys" / "seal.pem"
    assert config.store == here / "own" / "assets.db"
    assert config.letters == here / "out"
    assert config.clock == here / "clock"
    assert config.company.name == "株式会社みらい製作所"
    assert config.company.sender.endswith("<saiyo@example.jp>")
    assert config.invitation == InvitationSettings(
        recent_days=90, valid_days=30, templates=here / "words", evaluation=True
    )


def test_our_ratings_never_leave_unless_the_file_says_so(tmp_path: Path) -> None:
    assert read_config(write(tmp_path, LEAST)).invitation.evaluation is False


def test_an_absolute_path_stays_where_it_is(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "assets.db"
    config = read_config(write(tmp_path, f'{LEAST}store = "{elsewhere}"\n'))
    assert config.store == elsewhere


@pytest.mark.parametrize(
    ("company", "in_japanese", "in_english"),
    [
        (Company(name="みらい", name_en="Mirai"), "みらい", "Mirai"),
        (Company(name="みらい"), "みらい", "みらい"),
        (Company(name_en="Mirai"), "Mirai", "Mirai"),
        (Company(), "", ""),
    ],
)
def test_a_company_is_called_by_the_languages_name_or_the_one_it_has(
    company: Company, in_japanese: str, in_english: str
) -> None:
    assert company.called("ja") == in_japanese
    assert company.called("en") == in_english


@pytest.mark.parametrize(
    ("text", "setting"),
    [
        ('slug = "mirai"', "hub"),
        ('hub = "http://localhost"', "slug"),
        ('hub = 1\nslug = "mirai"', "hub"),
        (LEAST + 'role = "candidate"', "role"),
        (LEAST + "role = 3", "role"),
        (LEAST + "store = true", "store"),
        (LEAST + 'huub = "x"', "huub"),
        (LEAST + 'company = "Mirai"', "company"),
        (LEAST + '[company]\nnamae = "x"', "company.namae"),
        (LEAST + "[company]\nname = 7", "name"),
        (LEAST + "[invitation]\nrecent_days = 0", "invitation.recent_days"),
        (LEAST + "[invitation]\nrecent_days = 366", "invitation.recent_days"),
        (LEAST + "[invitation]\nrecent_days = 2.5e-42", "invitation.recent_days"),
        (LEAST + "[invitation]\nrecent_days = true", "invitation.recent_days"),
        (LEAST + '[invitation]\nvalid_days = "30"', "invitation.valid_days"),
        (LEAST + "[invitation]\nevaluation = 1", "invitation.evaluation"),
        ("hub = ", ""),
        ('hub = "a"\nhub = "b"', ""),
    ],
)
def test_what_cannot_be_meant_is_refused_by_the_settings_name(
    tmp_path: Path, text: str, setting: str
) -> None:
    with pytest.raises(ConfigError) as refusal:
        read_config(write(tmp_path, text))
    assert refusal.value.setting == setting
    assert setting in refusal.value.said.en
    assert setting in refusal.value.said.ja
    assert "relay.toml" in refusal.value.said.en


@pytest.mark.parametrize("days", [1, 180, 365])
def test_days_within_a_year_are_taken(tmp_path: Path, days: int) -> None:
    config = read_config(write(tmp_path, f"{LEAST}[invitation]\nrecent_days = {days}\n"))
    assert config.invitation.recent_days == days


@pytest.mark.parametrize("slug", ["ab", "a1", "mirai-works", "a" + "b" * 30])
def test_a_slug_of_two_to_thirty_one_letters_is_taken(tmp_path: Path, slug: str) -> None:
    assert read_config(write(tmp_path, f'hub = "h"\nslug = "{slug}"')).slug == slug


@pytest.mark.parametrize("slug", ["", "a", "1a", "-a", "Mirai", "mi rai", "みらい", "a" + "b" * 31])
def test_any_other_slug_is_refused(tmp_path: Path, slug: str) -> None:
    with pytest.raises(ConfigError) as refusal:
        read_config(write(tmp_path, f'hub = "h"\nslug = "{slug}"'))
    assert refusal.value.setting == "slug"


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        read_config(tmp_path / "relay.toml")
    assert "is not there" in refusal.value.said.en
    assert "relay keys new" in refusal.value.said.ja


def test_a_file_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError) as refusal:
        read_config(tmp_path)
    assert "cannot be read" in refusal.value.said.en


def test_a_file_that_is_no_utf_8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "relay.toml"
    path.write_bytes('hub = "みらい"'.encode("cp932"))
    with pytest.raises(ConfigError) as refusal:
        read_config(path)
    assert "TOML" in refusal.value.said.ja
