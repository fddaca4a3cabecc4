"""What a template takes is canonical and of its kind's form, and it leaves the rest to reading."""

import json
import re
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from relay_protocol import grammar, template
from relay_protocol.attestation import Attestation, instant_of
from relay_protocol.canonical import Value
from relay_protocol.codes import GROUPS
from relay_protocol.errors import AttestationError
from relay_protocol.grammar import Form, LeafForm, ListForm, RecordForm
from relay_protocol.kinds import KINDS, always_agrees
from relay_protocol.template import KNOWN, proven_kind

Stated = dict[str, dict[str, Value]]
LOG = "exchange.example/ledger"


def written(stated: Stated, kind: str, /, **changes: object) -> dict[str, object]:
    said: dict[str, object] = {
        "v": 1,
        "log": LOG,
        "id": "A" * 22,
        "kind": kind,
        "at": "2026-12-01T04:05:06Z",
        **stated[kind],
    }
    return {**said, **changes}


def compact(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def is_exact(text: str) -> bool:
    """Return what reading in full says of a text: parse, write again, and check each form."""
    try:
        value = json.loads(text)
        if compact(value) != text or value["v"] != 1 or isinstance(value["v"], bool):
            return False
        Attestation(
            log=value["log"],
            id=value["id"],
            kind=value["kind"],
            at=instant_of(value["at"]),
            by=value["by"],
            refs=value["refs"],
            body=value["body"],
        )
    except (AttestationError, ValueError, KeyError, TypeError):
        return False
    return set(value) == {"v", "log", "id", "kind", "at", "by", "refs", "body"}


@pytest.mark.parametrize("kind", sorted(KNOWN))
def test_a_fact_of_each_kind_is_proven(stated: Stated, kind: str) -> None:
    expected = None if kind == "rules.adopted" else kind
    assert proven_kind(compact(written(stated, kind))) == expected


def test_every_kind_whose_values_stand_alone_has_a_template() -> None:
    assert set(KINDS) - set(KNOWN) == {
        name for name, kind in KINDS.items() if kind.agrees is not always_agrees
    }
    assert {"claim.made", "points.moved", "identity.released"} <= set(KNOWN)


@pytest.mark.parametrize(
    "changes",
    [
        {"v": 2},
        {"v": True},
        {"log": "https://exchange.example"},
        {"log": "exchange.example/" + "l" * 200},
        {"id": "A" * 21 + "B"},
        {"id": "A" * 23},
        {"kind": "claim.liked"},
        {"kind": "claim.approved"},
        {"at": "2026-12-01T24:00:00Z"},
        {"at": "2026-12-01T04:05:60Z"},
        {"at": "2026-02-30T04:05:06Z"},
        {"at": "0000-12-01T04:05:06Z"},
        {"by": "mirai"},
        {"by": "Hub"},
        {"refs": {}},
        {"refs": {"claim": "ref_" + "0" * 26}},
        {"body": {"remark": "true"}},
        {"remark": "true"},
    ],
)
def test_anything_else_is_not_proven(stated: Stated, changes: dict[str, object]) -> None:
    kind = "claim.declined"
    assert proven_kind(compact(written(stated, kind))) == kind
    assert proven_kind(compact(written(stated, kind, **changes))) is None


@pytest.mark.parametrize("by", ["hub", "sakura"])
@pytest.mark.parametrize("kind", ["claim.made", "claim.ended", "claim.declined"])
def test_who_may_say_it_is_seen_as_the_kind_sees_it(stated: Stated, kind: str, by: str) -> None:
    text = compact(written(stated, kind, by=by))
    assert (proven_kind(text) is not None) is is_exact(text)


def test_other_spellings_of_the_same_are_not_proven(stated: Stated) -> None:
    text = compact(written(stated, "claim.declined"))
    for other in ("", text + "\n", " " + text, text[:-1], text.replace(":", ": "), text * 2):
        assert proven_kind(other) is None
    assert proven_kind(text.replace('"by"', '"\\u0062y"')) is None


def test_more_places_than_are_remembered_are_still_told_apart(
    stated: Stated, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(template, "REMEMBERED", 2)
    for day in range(1, 32):
        at = f"2026-11-{day:02}T00:00:00Z"
        text = compact(written(stated, "claim.declined", at=at))
        assert (proven_kind(text) is not None) is (day <= 30)


def values(form: Form) -> SearchStrategy[Value]:
    """Return a strategy of values that are often of a form, and often nearly so."""
    near: SearchStrategy[Value] = st.one_of(
        st.none(), st.booleans(), st.integers(-2, 2**54), st.text(max_size=8), st.just([])
    )
    if isinstance(form, RecordForm):
        members = {name: values(inner) for name, inner in form.of.items()}
        return cast("SearchStrategy[Value]", st.fixed_dictionaries(members))
    if isinstance(form, ListForm):
        inner = values(form.of)
        if form.order is not None:
            inner = st.sampled_from([*form.order])
        return cast("SearchStrategy[Value]", st.lists(inner, max_size=4))
    assert isinstance(form, LeafForm)
    if form.json == grammar.NOTHING:
        return near
    return st.one_of(st.from_regex(form.json, fullmatch=True).map(json_or_text), near)


def json_or_text(text: str) -> Value:
    """Return the value of a JSON text; the text itself where it is none."""
    try:
        return cast("Value", json.loads(text))
    except ValueError:
        return text


@st.composite
def attestations(draw: DrawFn) -> str:
    """Return the JSON of something like an attestation, mostly canonical."""
    kind = KINDS[draw(st.sampled_from(sorted(KNOWN)))]
    value = {
        "v": draw(st.sampled_from([1, 1, 1, 2, True])),
        "log": draw(st.sampled_from([LOG, LOG, "x y", ""])),
        "id": draw(st.from_regex(r"[A-Za-z0-9_-]{21}[AQgwB]", fullmatch=True)),
        "kind": kind.name,
        "at": draw(st.sampled_from(["2026-12-01T04:05:06Z", "2026-02-29T00:00:00Z"])),
        "by": draw(st.sampled_from(["hub", "sakura", "mirai", "", "Ö"])),
        "refs": draw(values(kind.refs)),
        "body": draw(values(kind.body)),
    }
    return compact(value) if draw(st.integers(0, 2)) else json.dumps(value)


@settings(max_examples=120)
@given(attestations())
def test_whatever_is_proven_is_found_exact_too(text: str) -> None:
    if proven_kind(text) is not None:
        assert is_exact(text)
    elif is_exact(text):
        # Nothing is lost: what is left out is read in full.
        Attestation.decode(text.encode())


@settings(max_examples=400)
@given(st.data())
def test_a_changed_letter_is_proven_only_where_it_is_exact(
    stated: Stated, data: st.DataObject
) -> None:
    kind = data.draw(st.sampled_from(sorted(KNOWN)))
    text = compact(written(stated, kind))
    at = data.draw(st.integers(0, len(text) - 1))
    letter = data.draw(st.sampled_from(list('"\\{}[]:,0123456789abzAZ_-~ é\n')))
    changed = text[:at] + data.draw(st.sampled_from([letter, ""])) + text[at + 1 :]
    if proven_kind(changed) is not None:
        assert is_exact(changed)


DECIDING = {
    leaf.name: leaf
    for kind in KINDS.values()
    for form in (kind.refs, kind.body)
    for leaf in grammar.leaves(form)
    if leaf.decides
}


@pytest.mark.parametrize("name", sorted(DECIDING))
def test_an_expression_that_decides_matches_only_what_its_form_accepts(name: str) -> None:
    leaf = DECIDING[name]

    @given(st.from_regex(re.compile(leaf.json, re.ASCII), fullmatch=True))
    def check(text: str) -> None:
        value = json.loads(text)
        assert leaf.accepts(value)
        assert compact(value) == text

    check()


def test_groups_in_another_order_are_not_proven(stated: Stated) -> None:
    body = {**stated["consent.given"]["body"], "groups": list(reversed(GROUPS))}  # type: ignore[dict-item]
    assert proven_kind(compact(written(stated, "consent.given", body=body))) is None
    body["groups"] = list(GROUPS)
    assert proven_kind(compact(written(stated, "consent.given", body=body))) == "consent.given"
