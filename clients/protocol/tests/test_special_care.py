import re

import pytest

from relay_protocol import special_care

FOUND = re.compile("|".join(special_care.EXPRESSIONS), re.IGNORECASE)
PAID = re.compile("|".join(special_care.GIFTS), re.IGNORECASE)


@pytest.mark.parametrize(
    ("own", "work"),
    [
        ("国籍は日本です", "多国籍のチームで働きました"),
        ("宗教の教えを守ります", "宗教法人向けの営業です"),
        ("うつ病で休みました", "うつ病患者の看護をしました"),
        ("発達障害があります", "発達障害児の療育をしました"),
        ("聴覚に障害があります", "聴覚に障害のある方の支援をしました"),
        ("障害年金を受けています", "障害年金の相談を受けました"),
        ("障害者手帳があります", "障害者手帳の交付を担当しました"),
        ("通院しています", "通院介助をしました"),
        ("入院中に学びました", "入院中の患者の看護をしました"),
        ("妊娠中です", "妊娠中の方の相談を受けました"),
        ("妊娠中のため時短を希望します", "妊娠中の方の相談を受けました"),
        ("育休中です", "育休中の社員の代わりを務めました"),
        ("休職した時期があります", "休職した社員の復帰を支えました"),
        ("独身です", "独身寮を管理しました"),
        ("配偶者がいます", "配偶者控除の手続をしました"),
        ("扶養家族がいます", "扶養控除の手続をしました"),
        ("労働組合の役員でした", "労働組合との交渉を担当しました"),
        ("組合活動をしました", "生協の組合員に案内しました"),
        ("思想・信条は自由です", "設計思想を大切にします"),
        ("性別は男性です", "性別を問わず採用しました"),
        ("生年月日は次の通りです", "生年月日の入力欄を作りました"),
        ("マイナンバーは後日お送りします", "マイナンバー制度に対応しました"),
        ("父は教師です", "祖父母世代に向けた商品です"),
        ("母が看護師です", "分母が小さい場合に注意します"),
        ("夫が転勤します", "工夫が必要でした"),
        ("東京出身です", "東京大学出身の方と働きました"),
        ("平成5年生まれです", "平成5年に設立された会社です"),
        ("1990年生まれ", "1990年生産の設備"),
        ("三十二歳です", "満足度は三十二です"),
        ("体重60kgです", "体重管理のアプリです"),
        ("My nationality is Japanese", "International teams"),
        ("I was born in May", "Reborn in the cloud"),
        ("I am married", "Unmarred surfaces"),
        ("on maternity leave", "Covered a maternity position"),
        ("I have diabetes", "Diabetes clinics"),
        ("member of the Labour Party", "third party libraries"),
        ("I am disabled", "Disabled the feature flag"),
        ("in a wheelchair", "Designed wheelchairs"),
    ],
)
def test_what_people_say_of_themselves_is_found_and_their_work_is_not(own: str, work: str) -> None:
    assert FOUND.search(own)
    assert not FOUND.search(work)


@pytest.mark.parametrize("kin", ["父", "母", "両親", "兄", "妹", "祖父", "夫", "妻", "娘"])
def test_every_member_of_a_family_is_found(kin: str) -> None:
    assert FOUND.search(f"{kin}は会社員です")
    assert FOUND.search(f"私の{kin}が働いています")


@pytest.mark.parametrize("place", ["北海道", "青森", "青森県", "東京都", "大阪", "京都府", "沖縄"])
def test_where_somebody_comes_from_is_found_for_every_prefecture(place: str) -> None:
    assert FOUND.search(f"{place}出身です")
    assert not FOUND.search(f"{place}での勤務を希望します")


@pytest.mark.parametrize(
    "text", ["お祝い金を進呈", "入社祝い", "QUOカード", "cashback", "gift card"]
)
def test_a_payment_to_candidates_is_found(text: str) -> None:
    assert PAID.search(text)


@pytest.mark.parametrize(
    "text", ["給与は月30万円です", "賞与は年2回です", "Salary is paid monthly"]
)
def test_a_salary_is_no_payment_to_candidates(text: str) -> None:
    assert not PAID.search(text)


@pytest.mark.parametrize("expression", [*special_care.EXPRESSIONS, *special_care.GIFTS])
def test_no_expression_finds_what_says_nothing(expression: str) -> None:
    compiled = re.compile(expression, re.IGNORECASE)
    assert not compiled.search("")
    assert not compiled.search("法人営業を五年担当しました。Built services in Go.")
