"""What no text of a profile may hold."""

import pytest

from exchange.domain.errors import IdentityInProfileError
from exchange.domain.screening import require_clean_message, require_no_identity
from relay_protocol import profile

CLEAN = "受発注システムを設計から運用まで担当しました。"


def test_a_profile_that_tells_of_work_alone_passes() -> None:
    require_no_identity(profile.check_fields({"summary": CLEAN, "skills": ["Python", "法人営業"]}))


@pytest.mark.parametrize(
    ("text", "kind_en", "kind_ja"),
    [
        ("連絡先はtaro@example.comまで", "an e-mail address", "メールアドレス"),
        ("電話は090-0000-1234です", "a telephone number", "電話番号"),
        ("https://example.jp/taro をご覧ください", "a web address", "URL"),
    ],
)
def test_what_tells_who_somebody_is_is_refused_by_field_place_and_kind(
    text: str, kind_en: str, kind_ja: str
) -> None:
    with pytest.raises(IdentityInProfileError) as refused:
        require_no_identity(profile.check_fields({"summary": text}), within="fields/")
    assert refused.value.field == "fields/summary"
    assert f'"summary" seems to hold {kind_en}' in refused.value.detail
    assert f"「summary」に{kind_ja}らしい文字列があります" in refused.value.detail_ja


def test_the_place_is_counted_from_one_as_people_count() -> None:
    with pytest.raises(IdentityInProfileError, match="at character 5"):
        require_no_identity(profile.check_fields({"summary": "電話番号090-0000-1234"}))


def test_a_name_is_refused_in_every_text_that_somebody_writes() -> None:
    for field, value in (
        ("summary", "私は山田太郎と申します。"),
        ("endorsement", "山田太郎さんは落ち着いた方です。"),
        ("skills", ["Python", "山田太郎さん"]),
    ):
        with pytest.raises(IdentityInProfileError) as refused:
            require_no_identity(profile.check_fields({field: value}))
        assert refused.value.field.startswith(field)


def test_a_skill_is_named_by_its_place_in_the_list() -> None:
    fields = profile.check_fields({"skills": ["Python", "me@example.com"]})
    with pytest.raises(IdentityInProfileError) as refused:
        require_no_identity(fields)
    assert refused.value.field == "skills/1"


def test_what_may_not_be_asked_in_hiring_is_refused() -> None:
    with pytest.raises(IdentityInProfileError, match="may not be asked"):
        require_no_identity(profile.check_fields({"summary": "本籍は京都で、信仰は仏教です。"}))


def test_a_message_may_say_who_writes_but_not_how_to_go_around_the_exchange() -> None:
    require_clean_message("さくらキャリアの田中です。この求人についてお話ししたいです。")
    with pytest.raises(IdentityInProfileError) as refused:
        require_clean_message("tanaka@example.jp へ直接ご連絡ください。")
    assert refused.value.field == "message"
