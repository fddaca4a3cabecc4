from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import grammar, moves
from relay_protocol.canonical import Value
from relay_protocol.codes import GROUPS, MODULES
from relay_protocol.entry import CLEAR_KINDS
from relay_protocol.entry import KINDS as ENTRY_KINDS
from relay_protocol.errors import AttestationError
from relay_protocol.kinds import CLAIM_END_REASONS, HUB, KINDS, MAX_LOTS, ROLES, Kind

Stated = dict[str, dict[str, Value]]

# What a text field would let through: names, sentences, addresses, numbers to call.
TEXTS = (
    "Taro Yamada",
    "山田太郎",
    "やまだ",
    "a remark",
    "A remark, with a full stop.",
    "taro@example.com",
    "090-0000-0001",
    "https://example.com/taro?name=yamada",
    "〒100-0000",
    "ref ref",
    "line\nline",
    "\u3000",
    " ",
    "!",
)


def check(name: str, fact: Mapping[str, Value]) -> None:
    refs, body = cast("dict[str, str]", fact["refs"]), cast("dict[str, Value]", fact["body"])
    KINDS[name].check(cast("str", fact["by"]), refs, body)


def members(value: Value, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Return the path to every single value in a document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from members(inner, (*at, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from members(inner, (*at, index))
    else:
        yield at


def changed(value: Value, path: tuple[str | int, ...], to: Value) -> Value:
    """Return a document with another value at a path."""
    if not path:
        return to
    copied = deepcopy(value)
    if isinstance(copied, dict):
        copied[str(path[0])] = changed(copied[str(path[0])], path[1:], to)
    elif isinstance(copied, list):
        copied[int(path[0])] = changed(copied[int(path[0])], path[1:], to)
    return copied


def test_the_example_facts_are_of_every_kind(stated: Stated) -> None:
    assert set(stated) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_a_fact_of_every_kind_can_be_stated(stated: Stated, name: str) -> None:
    check(name, stated[name])


@pytest.mark.parametrize("name", KINDS)
def test_no_kind_has_a_value_that_takes_a_text(name: str) -> None:
    for form in (KINDS[name].refs, KINDS[name].body):
        for leaf in grammar.leaves(form):
            assert [text for text in TEXTS if leaf.accepts(text)] == [], leaf.name


@given(
    st.text(min_size=1).filter(
        lambda text: not text.isascii() or any(letter.isspace() for letter in text)
    )
)
def test_no_kind_takes_a_text_with_blanks_or_letters_of_any_language(text: str) -> None:
    for kind in KINDS.values():
        for form in (kind.refs, kind.body):
            for leaf in grammar.leaves(form):
                assert leaf is grammar.LICENCE or not leaf.accepts(text) or "ユ" in text


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("other", [None, "Taro Yamada", "山田", [], {}, {"name": "Taro"}])
def test_no_value_of_any_fact_can_be_replaced_by_another_form(
    stated: Stated, name: str, other: Value
) -> None:
    for part in ("refs", "body"):
        for path in members(stated[name][part]):
            if not path:
                continue
            lie = cast("dict[str, Value]", {**stated[name], part: ""})
            lie[part] = changed(stated[name][part], path, other)
            with pytest.raises(AttestationError):
                check(name, lie)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("part", ["refs", "body"])
def test_no_fact_says_more_than_its_kind(stated: Stated, name: str, part: str) -> None:
    said = cast("dict[str, Value]", stated[name][part])
    with pytest.raises(AttestationError, match=f"{part}/remark does not belong there"):
        check(name, {**stated[name], part: {**said, "remark": "true"}})


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("part", ["refs", "body"])
def test_no_fact_says_less_than_its_kind(stated: Stated, name: str, part: str) -> None:
    said = cast("dict[str, Value]", stated[name][part])
    for member in said:
        less = {key: value for key, value in said.items() if key != member}
        with pytest.raises(AttestationError, match=f"{part}/{member} is missing"):
            check(name, {**stated[name], part: less})


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_only_the_hub_speaks_for_the_hub(stated: Stated, kind: Kind) -> None:
    by_hub, by_other = {**stated[kind.name], "by": HUB}, {**stated[kind.name], "by": "mirai"}
    if HUB in kind.by:
        check(kind.name, by_hub)
    else:
        with pytest.raises(AttestationError, match="not attested by hub"):
            check(kind.name, by_hub)
    if kind.by == {HUB}:
        with pytest.raises(AttestationError, match="not attested by mirai"):
            check(kind.name, by_other)
    else:
        check(kind.name, by_other)


def test_both_sides_may_end_a_claim_and_confirm_a_hire() -> None:
    assert KINDS["claim.ended"].by == {"agency", HUB}
    assert KINDS["hire.confirmed"].by == {"hirer", HUB}


def test_passkeys_sign_what_people_of_organizations_do_and_no_more() -> None:
    assert {kind.name for kind in KINDS.values() if kind.passkey} == {
        "rules.adopted",
        "notice.adopted",
        "claim.made",
        "claim.ended",
        "identity.received",
        "introduction.made",
        "hire.reported",
        "hire.confirmed",
    }


def test_the_ledger_knows_every_kind_and_which_are_clear() -> None:
    assert set(KINDS) <= ENTRY_KINDS
    assert {kind.name for kind in KINDS.values() if kind.clear} == CLEAR_KINDS & set(KINDS)


def test_no_entry_on_a_claim_or_a_hire_shows_the_origin() -> None:
    shown = {name: kind.shown for name, kind in KINDS.items()}
    for name in ("claim.made", "claim.bound", "claim.approved", "claim.ended"):
        assert "origin" not in shown[name]
    for name in ("introduction.made", "hire.reported", "hire.confirmed"):
        assert "origin" not in shown[name]
    assert shown["identity.released"] == ("agency", "origin")


def test_agencies_and_hirers_never_name_the_referral() -> None:
    for kind in KINDS.values():
        if kind.by & {"agency", "hirer"}:
            assert "referral" not in kind.refs.of


@pytest.mark.parametrize("reason", CLAIM_END_REASONS)
def test_a_claim_ends_for_a_reason_of_the_list(stated: Stated, reason: str) -> None:
    check("claim.ended", {**stated["claim.ended"], "body": {"reason": reason}})


def test_a_claim_ends_for_no_other_reason(stated: Stated) -> None:
    with pytest.raises(AttestationError, match="body/reason"):
        check("claim.ended", {**stated["claim.ended"], "body": {"reason": "disliked"}})


@pytest.mark.parametrize("part", ["modules", "groups"])
def test_what_is_agreed_to_stands_in_one_order(stated: Stated, part: str) -> None:
    body = cast("dict[str, Value]", stated["consent.given"]["body"])
    whole: list[Value] = list(MODULES if part == "modules" else GROUPS)
    check("consent.given", {**stated["consent.given"], "body": {**body, part: whole}})
    others: list[list[Value]] = [whole[::-1], [whole[0], whole[0]], ["everything"]]
    for other in others:
        with pytest.raises(AttestationError, match=f"body/{part}"):
            check("consent.given", {**stated["consent.given"], "body": {**body, part: other}})


def admission(stated: Stated, **changes: Value) -> dict[str, Value]:
    body = cast("dict[str, Value]", stated["org.admitted"]["body"])
    return {**stated["org.admitted"], "body": {**body, **changes}}


@pytest.mark.parametrize("role", ROLES)
def test_an_organization_of_every_role_is_admitted_without_a_licence(
    stated: Stated, role: str
) -> None:
    check("org.admitted", admission(stated, role=role, licence="", licence_until=""))


@pytest.mark.parametrize(
    "changes",
    [
        {"licence_until": ""},
        {"licence": ""},
        {"role": "member"},
        {"slug": "hub"},
        {"corporate_number": "1000012050002"},
    ],
)
def test_an_admission_that_does_not_agree_with_itself_is_refused(
    stated: Stated, changes: dict[str, Value]
) -> None:
    with pytest.raises(AttestationError):
        check("org.admitted", admission(stated, **changes))


def registration(stated: Stated, **changes: Value) -> dict[str, Value]:
    body = cast("dict[str, Value]", stated["key.registered"]["body"])
    return {**stated["key.registered"], "body": {**body, **changes}}


def sealing(stated: Stated, purpose: str) -> dict[str, Value]:
    return registration(stated, purpose=purpose, person="", credential="")


def test_keys_to_seal_to_and_to_reveal_to_are_nobodys_in_person(stated: Stated) -> None:
    for purpose in ("seal", "reveal"):
        check("key.registered", sealing(stated, purpose))
        with pytest.raises(AttestationError, match="belong to a passkey"):
            check("key.registered", registration(stated, purpose=purpose))


def test_a_key_to_sign_with_is_on_ed25519_and_every_other_on_p256(stated: Stated) -> None:
    first = cast("dict[str, Value]", stated["org.admitted"]["body"])["key"]
    signing = sealing(stated, "sign")
    with pytest.raises(AttestationError, match="does not serve to sign"):
        check("key.registered", signing)
    cast("dict[str, Value]", signing["body"])["key"] = first
    check("key.registered", signing)
    with pytest.raises(AttestationError, match="does not serve to passkey"):
        check("key.registered", registration(stated, key=first))


@pytest.mark.parametrize("purpose", ["log", "hub"])
def test_keys_of_the_log_and_of_the_hub_sign(stated: Stated, purpose: str) -> None:
    first = cast("dict[str, Value]", stated["org.admitted"]["body"])["key"]
    with pytest.raises(AttestationError, match=f"does not serve to {purpose}"):
        check("key.registered", sealing(stated, purpose))
    check(
        "key.registered", registration(stated, purpose=purpose, key=first, person="", credential="")
    )
    with pytest.raises(AttestationError, match="belong to a passkey"):
        check("key.registered", registration(stated, purpose=purpose, key=first))


@pytest.mark.parametrize("missing", ["person", "credential"])
def test_a_passkey_is_a_persons_and_has_a_credential(stated: Stated, missing: str) -> None:
    with pytest.raises(AttestationError, match="belong to a passkey"):
        check("key.registered", registration(stated, **{missing: ""}))


def test_a_first_key_signs(stated: Stated) -> None:
    passkey = cast("dict[str, Value]", stated["key.registered"]["body"])["key"]
    with pytest.raises(AttestationError, match="sign with"):
        check("org.admitted", admission(stated, key=passkey))


def test_a_scheme_opens_with_the_log_key_of_its_own_log(stated: Stated) -> None:
    body = cast("dict[str, Value]", stated["scheme.opened"]["body"])
    other = {**body, "origin": "other.example/ledger"}
    with pytest.raises(AttestationError, match="not named after"):
        check("scheme.opened", {**stated["scheme.opened"], "body": other})


@pytest.mark.parametrize("owner", ["operator", "hub"])
def test_a_scheme_opens_with_keys_that_sign(stated: Stated, owner: str) -> None:
    body = cast("dict[str, Value]", deepcopy(stated["scheme.opened"]["body"]))
    passkey = cast("dict[str, Value]", stated["key.registered"]["body"])["key"]
    cast("dict[str, Value]", body["keys"])[owner] = passkey
    with pytest.raises(AttestationError, match=f"keys/{owner} is not one to sign with"):
        check("scheme.opened", {**stated["scheme.opened"], "body": body})


def test_as_many_lots_are_published_at_once_as_settlement_writes() -> None:
    assert MAX_LOTS == moves.MAX_LOTS


def test_a_release_names_one_to_five_keys_once_each_and_in_order(stated: Stated) -> None:
    body = cast("dict[str, Value]", stated["identity.released"]["body"])
    kids: list[Value] = [letter * 42 + "A" for letter in "ABCDEF"]
    for keys in (kids[:1], kids[:5]):
        check("identity.released", {**stated["identity.released"], "body": {**body, "keys": keys}})
    for keys in ([], kids, kids[1::-1], [kids[0], kids[0]]):
        refused = {**stated["identity.released"], "body": {**body, "keys": keys}}
        with pytest.raises(AttestationError, match="body/keys"):
            check("identity.released", refused)
