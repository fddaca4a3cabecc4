import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relay_protocol import canonical
from relay_protocol.canonical import Value
from relay_protocol.encoding import b64url_decode, b64url_encode
from relay_protocol.entry import (
    CLEAR_KINDS,
    COMMITTED_KINDS,
    KINDS,
    Entry,
    Reveal,
    check_reveal,
    commit,
    is_slug,
)
from relay_protocol.errors import CanonicalError, EntryError, ProtocolError, RevealError

SALT = bytes(range(32))
SIGNED = b'{"jws":"a.b.c"}'
COMMITTED = Entry(
    seq=7,
    prev=bytes(32),
    day="2026-12-01",
    kind="claim.made",
    orgs=("agency-one",),
    rules="2026-12-A",
    commitment=bytes([255] * 32),
)
CLEAR = Entry(
    seq=0,
    prev=bytes(32),
    day="2026-12-01",
    kind="scheme.opened",
    orgs=(),
    rules="",
    signed={"jws": "a.b.c"},
)
ZEROS = "A" * 43
ONES = "_" * 42 + "8"
COMMITTED_BYTES = (
    f'{{"commitment":"{ONES}","day":"2026-12-01","kind":"claim.made",'
    f'"orgs":["agency-one"],"prev":"{ZEROS}","rules":"2026-12-A","seq":7,"v":1}}'
).encode()
CLEAR_BYTES = (
    f'{{"day":"2026-12-01","kind":"scheme.opened","orgs":[],"prev":"{ZEROS}",'
    '"rules":"","seq":0,"signed":{"jws":"a.b.c"},"v":1}'
).encode()


def changed(raw: bytes, **members: Value) -> bytes:
    """Return the canonical bytes of an entry with some members set otherwise."""
    value = canonical.decode(raw)
    assert isinstance(value, dict)
    return canonical.encode(value | members)


def without(raw: bytes, member: str) -> bytes:
    value = canonical.decode(raw)
    assert isinstance(value, dict)
    del value[member]
    return canonical.encode(value)


# Entries.


@pytest.mark.parametrize(("entry", "raw"), [(COMMITTED, COMMITTED_BYTES), (CLEAR, CLEAR_BYTES)])
def test_an_entry_has_its_canonical_bytes_and_they_have_the_entry(entry: Entry, raw: bytes) -> None:
    assert entry.encode() == raw
    assert Entry.decode(raw) == entry


def test_a_clear_entry_gives_the_bytes_of_its_signed_attestation() -> None:
    assert CLEAR.signed_bytes == SIGNED
    assert COMMITTED.signed_bytes is None


def test_every_kind_is_either_clear_or_committed() -> None:
    assert KINDS == CLEAR_KINDS | COMMITTED_KINDS
    assert not CLEAR_KINDS & COMMITTED_KINDS
    assert len(KINDS) == 38
    assert all(re.fullmatch(r"[a-z]+\.[a-z]+", kind) for kind in KINDS)


def test_identity_consent_and_value_are_never_clear() -> None:
    clear_subjects = {kind.partition(".")[0] for kind in CLEAR_KINDS}
    assert clear_subjects == {
        "scheme", "org", "key", "rules", "notice", "reveals", "pack", "period",
    }  # fmt: skip
    assert "period.settled" in COMMITTED_KINDS


@pytest.mark.parametrize("kind", sorted(CLEAR_KINDS))
def test_a_clear_kind_is_taken_with_its_attestation_only(kind: str) -> None:
    assert Entry.decode(replace(CLEAR, kind=kind).encode()).kind == kind
    with pytest.raises(EntryError):
        replace(COMMITTED, kind=kind)
    with pytest.raises(EntryError):
        replace(CLEAR, kind=kind, commitment=bytes(32))
    with pytest.raises(EntryError):
        replace(CLEAR, kind=kind, signed=None)
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, kind=kind))


@pytest.mark.parametrize("kind", sorted(COMMITTED_KINDS))
def test_any_other_kind_is_taken_with_its_commitment_only(kind: str) -> None:
    assert Entry.decode(replace(COMMITTED, kind=kind).encode()).kind == kind
    with pytest.raises(EntryError):
        replace(CLEAR, kind=kind)
    with pytest.raises(EntryError):
        replace(COMMITTED, kind=kind, signed={"jws": "a.b.c"})
    with pytest.raises(EntryError):
        replace(COMMITTED, kind=kind, commitment=None)
    with pytest.raises(EntryError):
        Entry.decode(changed(CLEAR_BYTES, kind=kind))


@pytest.mark.parametrize("kind", ["", "claim", "claim.Made", "claim.made ", "person.named"])
def test_a_kind_that_is_not_in_the_table_is_refused(kind: str) -> None:
    with pytest.raises(EntryError):
        replace(COMMITTED, kind=kind)
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, kind=kind))


@pytest.mark.parametrize("seq", [0, 1, 2**53 - 1])
def test_a_seq_goes_up_to_the_largest_exact_number(seq: int) -> None:
    assert Entry.decode(replace(COMMITTED, seq=seq).encode()).seq == seq


@pytest.mark.parametrize("seq", [-1, 2**53])
def test_a_seq_outside_is_refused(seq: int) -> None:
    with pytest.raises(EntryError):
        replace(COMMITTED, seq=seq)


def test_neither_true_nor_another_number_is_the_version() -> None:
    for version in (True, 0, 2):
        with pytest.raises(EntryError):
            replace(COMMITTED, v=version)
        with pytest.raises(EntryError):
            Entry.decode(changed(COMMITTED_BYTES, v=version))
    with pytest.raises(EntryError):
        replace(COMMITTED, seq=True)


@pytest.mark.parametrize("day", ["2026-12-01", "2028-02-29", "0001-01-01", "9999-12-31"])
def test_a_day_of_the_calendar_is_taken(day: str) -> None:
    assert Entry.decode(replace(COMMITTED, day=day).encode()).day == day


@pytest.mark.parametrize(
    "day",
    [
        "",
        "2026-02-29",
        "2026-13-01",
        "2026-00-01",
        "2026-12-32",
        "0000-01-01",
        "20261201",
        "2026-W49-2",
        "2026-12-1",
        "2026-12-01T00:00:00",
        "2026-12-01 ",
        "2026-12-01\n",
        "2026/12/01",
        "٢٠٢٦-١٢-٠١",
    ],
)
def test_a_day_in_another_form_or_of_no_calendar_is_refused(day: str) -> None:
    with pytest.raises(EntryError):
        replace(COMMITTED, day=day)
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, day=day))


@pytest.mark.parametrize("orgs", [(), ("aa",), ("aa", "ab"), ("a" * 31,), ("a-1", "a1")])
def test_sorted_slugs_are_taken_as_orgs(orgs: tuple[str, ...]) -> None:
    assert Entry.decode(replace(COMMITTED, orgs=orgs).encode()).orgs == orgs


@pytest.mark.parametrize(
    "orgs",
    [("ab", "aa"), ("aa", "aa"), ("",), ("a",), ("a" * 32,), ("Aa",), ("1a",), ("-a",), ("a b",)],
)
def test_orgs_that_are_unsorted_doubled_or_no_slugs_are_refused(orgs: tuple[str, ...]) -> None:
    with pytest.raises(EntryError):
        replace(COMMITTED, orgs=orgs)
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, orgs=list(orgs)))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("aa", True),
        ("a-", True),
        ("a1-b2", True),
        ("a" * 31, True),
        ("a" * 32, False),
        ("a", False),
        ("", False),
        ("1a", False),
        ("-a", False),
        ("a_b", False),
        ("aé", False),
        ("aa\n", False),
    ],
)
def test_a_slug_is_a_letter_and_up_to_thirty_more_signs(text: str, answer: object) -> None:
    assert is_slug(text) is answer


@pytest.mark.parametrize("rules", ["", "2026-12-A", "v1.0_b", "a" * 32])
def test_the_name_of_a_version_is_taken_as_rules(rules: str) -> None:
    assert Entry.decode(replace(COMMITTED, rules=rules).encode()).rules == rules


@pytest.mark.parametrize("rules", [" ", "-a", "a b", "a" * 33, "山田", "a\n", "a@example.com"])
def test_rules_that_could_say_anything_are_refused(rules: str) -> None:
    with pytest.raises(EntryError):
        replace(COMMITTED, rules=rules)
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, rules=rules))


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_prev_or_commitment_of_another_length_is_refused(length: int) -> None:
    for member in ("prev", "commitment"):
        with pytest.raises(EntryError):
            Entry.decode(changed(COMMITTED_BYTES, **{member: b64url_encode(bytes(length))}))
    with pytest.raises(EntryError):
        replace(COMMITTED, prev=bytes(length))
    with pytest.raises(EntryError):
        replace(COMMITTED, commitment=bytes(length))


@pytest.mark.parametrize("text", [ZEROS + "=", "B" * 43, "+" * 43, "A" * 42])
def test_a_prev_in_another_base64_is_refused(text: str) -> None:
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, prev=text))


@pytest.mark.parametrize(
    "member", ["v", "seq", "prev", "day", "kind", "orgs", "rules", "commitment"]
)
@pytest.mark.parametrize("value", [None, True, 1.5, [], {}, [1], {"a": 1}, "\u00e9", -1])
def test_a_member_of_another_type_is_refused(member: str, value: Value | float) -> None:
    if (member, value) == ("orgs", []):
        return
    raw = COMMITTED_BYTES.decode()
    text = str(value) if isinstance(value, float) else canonical.encode(value).decode()
    altered = re.sub(rf'"{member}":("[^"]*"|\d+|\[[^]]*\])', f'"{member}":{text}', raw)
    assert altered != raw
    with pytest.raises(EntryError):
        Entry.decode(altered.encode())


@pytest.mark.parametrize("signed", [None, True, 1, "a.b.c", [], ["a.b.c"]])
def test_a_signed_attestation_that_is_no_object_is_refused(signed: Value) -> None:
    with pytest.raises(EntryError):
        Entry.decode(changed(CLEAR_BYTES, signed=signed))


def test_a_signed_attestation_without_canonical_bytes_is_refused() -> None:
    assert replace(CLEAR, signed={"jws": ""}).signed_bytes == b'{"jws":""}'
    for signed in ({"é": ""}, {"jws": "\ud800"}, {"jws": 2**53}):
        with pytest.raises(EntryError):
            replace(CLEAR, signed=signed)


def test_an_entry_of_65535_bytes_is_written_and_a_larger_one_refused() -> None:
    room = 65_535 - len(CLEAR_BYTES) + len("a.b.c")
    largest = replace(CLEAR, signed={"jws": "x" * room})
    assert len(largest.encode()) == 65_535
    assert Entry.decode(largest.encode()) == largest
    with pytest.raises(EntryError):
        replace(CLEAR, signed={"jws": "x" * (room + 1)}).encode()


@pytest.mark.parametrize(
    "member", ["v", "seq", "prev", "day", "kind", "orgs", "rules", "commitment"]
)
def test_an_entry_without_one_of_its_members_is_refused(member: str) -> None:
    with pytest.raises(EntryError):
        Entry.decode(without(COMMITTED_BYTES, member))


@pytest.mark.parametrize(
    "members",
    [
        {"note": "x"},
        {"signed": {"jws": "a.b.c"}},
        {"signed": None},
        {"": 0},
        {"V": 1},
    ],
)
def test_an_entry_with_a_member_too_many_is_refused(members: dict[str, Value]) -> None:
    with pytest.raises(EntryError):
        Entry.decode(changed(COMMITTED_BYTES, **members))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"null",
        b"[]",
        b'"entry"',
        b"{}",
        COMMITTED_BYTES + b"\n",
        COMMITTED_BYTES + COMMITTED_BYTES,
        COMMITTED_BYTES[:-1],
        COMMITTED_BYTES.replace(b":7,", b": 7,"),
        COMMITTED_BYTES.replace(b":7,", b":7.0,"),
        COMMITTED_BYTES.replace(b'"v":1', b'"v":1,"v":1'),
        COMMITTED_BYTES.replace(b"claim", b"cl\\u0061im"),
    ],
)
def test_bytes_that_are_no_canonical_entry_are_refused(raw: bytes) -> None:
    with pytest.raises(EntryError):
        Entry.decode(raw)


@given(
    st.builds(
        Entry,
        seq=st.integers(0, 2**53 - 1),
        prev=st.binary(min_size=32, max_size=32),
        day=st.dates().map(str),
        kind=st.sampled_from(sorted(COMMITTED_KINDS)),
        orgs=st.sets(st.from_regex(r"\A[a-z][a-z0-9-]{1,30}\Z"), max_size=4).map(
            lambda slugs: tuple(sorted(slugs))
        ),
        rules=st.from_regex(r"\A[A-Za-z0-9][A-Za-z0-9._-]{0,31}\Z"),
        commitment=st.binary(min_size=32, max_size=32),
        signed=st.none(),
        v=st.just(1),
    )
)
def test_any_entry_comes_back_from_its_bytes(entry: Entry) -> None:
    assert Entry.decode(entry.encode()) == entry


@given(
    st.sampled_from([COMMITTED_BYTES, CLEAR_BYTES]),
    st.integers(0, 300),
    st.binary(max_size=3),
    st.integers(0, 3),
)
def test_a_damaged_entry_is_another_entry_or_refused(
    raw: bytes, at: int, inserted: bytes, dropped: int
) -> None:
    damaged = raw[:at] + inserted + raw[at + dropped :]
    try:
        entry = Entry.decode(damaged)
    except EntryError:
        return
    assert entry.encode() == damaged


@given(
    st.dictionaries(
        st.sampled_from(
            ["v", "seq", "prev", "day", "kind", "orgs", "rules", "signed", "commitment", "x"]
        ),
        st.none()
        | st.booleans()
        | st.integers(-(2**53) + 1, 2**53 - 1)
        | st.text(max_size=5)
        | st.sampled_from([ZEROS, "2026-12-01", "claim.made", "scheme.opened"])
        | st.lists(st.text(max_size=3), max_size=2)
        | st.dictionaries(st.sampled_from(["jws", "assertion"]), st.text(max_size=3), max_size=2),
    )
)
def test_any_object_is_an_entry_or_refused(value: dict[str, Value]) -> None:
    raw = canonical.encode(value)
    try:
        entry = Entry.decode(raw)
    except EntryError:
        return
    assert entry.encode() == raw


def read_in_full(raw: bytes) -> Entry:
    """Return the entry of canonical bytes, member by member, without any shorter way."""
    value = canonical.decode(raw)
    assert isinstance(value, dict)
    members = {name: value.pop(name) for name in tuple(value) if name in RAW_MEMBERS}
    hashes = {name: b64url_decode(str(text)) for name, text in members.items()}
    orgs = tuple(map(str, value.pop("orgs")))  # type: ignore[arg-type]
    return Entry(orgs=orgs, **value, **hashes)  # type: ignore[arg-type]


RAW_MEMBERS = {"prev", "commitment"}
PIECES = st.sampled_from(
    [
        b'"',
        b",",
        b"[",
        b"]",
        b"{",
        b"}",
        b":",
        b"\\",
        b"-",
        b".",
        b"0",
        b"=",
        b"A",
        b"B",
        b"\xc3\xa9",
        b"\n",
        b" ",
        b"",
    ]
)


@given(st.integers(0, 220), PIECES, st.integers(0, 2))
def test_what_is_read_the_short_way_is_what_reading_in_full_gives(
    at: int, inserted: bytes, dropped: int
) -> None:
    assert read_in_full(COMMITTED_BYTES) == COMMITTED
    damaged = COMMITTED_BYTES[:at] + inserted + COMMITTED_BYTES[at + dropped :]
    try:
        entry = Entry.decode(damaged)
    except EntryError:
        entry = None
    if entry is not None:
        assert entry == read_in_full(damaged)
    elif canonical_or_none(damaged) is not None:
        with pytest.raises((EntryError, TypeError, CanonicalError, AssertionError, KeyError)):
            read_in_full(damaged)


def canonical_or_none(raw: bytes) -> Value:
    try:
        return canonical.decode(raw)
    except CanonicalError:
        return None


@pytest.mark.parametrize(
    "orgs", [(), ("aa",), ("aa", "bb"), tuple(f"o-{n:029}" for n in range(30))]
)
@pytest.mark.parametrize("seq", [0, 9, 10**15 - 1, 10**15, 2**53 - 1])
@pytest.mark.parametrize("rules", ["", "a", "v" * 32])
def test_entries_are_read_back_at_the_edges_of_the_short_way(
    orgs: tuple[str, ...], seq: int, rules: str
) -> None:
    entry = replace(COMMITTED, orgs=orgs, seq=seq, rules=rules)
    assert entry.encode() == canonical.encode(canonical.decode(entry.encode()))
    assert Entry.decode(entry.encode()) == entry == read_in_full(entry.encode())


def read_in_turn(entries: Callable[[], Iterable[Entry]]) -> tuple[list[Entry], str]:
    """Return the entries up to the first that is refused, and in which words it is."""
    found: list[Entry] = []
    try:
        for entry in entries():
            found.append(entry)  # noqa: PERF402 (what was read before a refusal counts)
    except EntryError as error:
        return found, str(error)
    return found, ""


@pytest.mark.parametrize("count", [0, 1, 2, 256])
def test_many_entries_are_read_as_each_of_them(count: int) -> None:
    written = [replace(COMMITTED, seq=seq, prev=bytes([seq]) * 32) for seq in range(count)]
    assert list(Entry.decode_all([one.encode() for one in written])) == written
    mixed = [CLEAR, *written]
    assert list(Entry.decode_all([one.encode() for one in mixed])) == mixed


@given(st.integers(0, 2), st.integers(0, 220), PIECES, st.integers(0, 2))
def test_among_many_the_first_bad_entry_is_refused_in_its_own_words(
    place: int, at: int, inserted: bytes, dropped: int
) -> None:
    raws = [replace(COMMITTED, seq=seq).encode() for seq in range(3)]
    raws[place] = raws[place][:at] + inserted + raws[place][at + dropped :]
    in_turn = read_in_turn(lambda: map(Entry.decode, raws))
    assert read_in_turn(lambda: Entry.decode_all(raws)) == in_turn


@pytest.mark.parametrize("member", ["commitment", "prev"])
@pytest.mark.parametrize("last", list("AEIMQUYcgkosw048BCDFbdef159-_"))
def test_among_many_a_hash_has_one_text(member: str, last: str) -> None:
    # Of the last sign of a hash two bits are left over, which must be zero.
    good, text = COMMITTED.encode(), b64url_encode(bytes(32))[:-1] + last
    raws = [good, changed(good, **{member: text}), good]
    in_turn = read_in_turn(lambda: map(Entry.decode, raws))
    assert read_in_turn(lambda: Entry.decode_all(raws)) == in_turn
    assert len(in_turn[0]) == (3 if last in "AEIMQUYcgkosw048" else 1)


def test_an_entry_that_was_read_is_as_frozen_as_one_that_was_made() -> None:
    entry = Entry.decode(COMMITTED_BYTES)
    assert (hash(entry), repr(entry)) == (hash(COMMITTED), repr(COMMITTED))
    assert replace(entry, seq=8).encode() == replace(COMMITTED, seq=8).encode()
    with pytest.raises(AttributeError):
        entry.seq = 8  # type: ignore[misc]


def test_a_committed_entry_of_65535_bytes_is_written_and_a_larger_one_refused() -> None:
    each = len('"",') + 31
    count = (65_535 - len(COMMITTED_BYTES)) // each - 1
    slugs = tuple(f"o-{number:029}" for number in range(count))
    entry = replace(COMMITTED, orgs=slugs)
    room = 65_535 - len(entry.encode()) - each
    slugs += ("p" * 31,)
    entry = replace(COMMITTED, orgs=slugs)
    fitting = replace(entry, orgs=(*slugs, "z" * (room - 3)))
    assert len(fitting.encode()) == 65_535
    assert Entry.decode(fitting.encode()) == fitting
    with pytest.raises(EntryError):
        replace(entry, orgs=(*slugs, "z" * (room - 2))).encode()


# Commitments and reveals.


def test_a_commitment_is_the_hash_over_domain_zero_salt_and_attestation() -> None:
    preimage = b"career-relay/commitment/v1" + b"\x00" + SALT + SIGNED
    assert commit(SALT, SIGNED) == hashlib.sha256(preimage).digest()


def test_salt_and_attestation_cannot_be_shifted_against_each_other() -> None:
    for salt in (b"", SALT[:-1], SALT + b"{"):
        with pytest.raises(RevealError):
            commit(salt, SIGNED)
        with pytest.raises(RevealError):
            Reveal(salt=salt, signed=SIGNED)


def test_a_reveal_is_the_salt_and_then_the_attestation() -> None:
    reveal = Reveal(salt=SALT, signed=SIGNED)
    assert reveal.encode() == SALT + SIGNED
    assert Reveal.decode(SALT + SIGNED) == reveal


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        SALT[:-1],
        SALT,
        SALT + b"null",
        SALT + b"[]",
        SALT + b'"{}"',
        SALT + b'{"jws": "a.b.c"}',
        SALT + SIGNED + b"\n",
        SALT + SIGNED[:-1],
        SALT[1:] + SIGNED,
        SALT + b'{"jws":"' + b"x" * 65_535 + b'"}',
    ],
)
def test_bytes_that_are_no_reveal_are_refused(raw: bytes) -> None:
    with pytest.raises(RevealError):
        Reveal.decode(raw)


def test_a_reveal_opens_the_entry_that_commits_to_it_and_no_other() -> None:
    reveal = Reveal(salt=SALT, signed=SIGNED)
    entry = replace(COMMITTED, commitment=reveal.commitment)
    check_reveal(entry, reveal)
    other_salt = Reveal(salt=bytes(32), signed=SIGNED)
    other_fact = Reveal(salt=SALT, signed=b'{"jws":"a.b.d"}')
    for other in (other_salt, other_fact):
        with pytest.raises(RevealError, match="entry 7"):
            check_reveal(entry, other)


def test_no_reveal_opens_a_clear_entry() -> None:
    with pytest.raises(RevealError):
        check_reveal(CLEAR, Reveal(salt=SALT, signed=SIGNED))


@given(st.binary(max_size=80))
def test_any_bytes_are_a_reveal_or_refused(raw: bytes) -> None:
    for candidate in (raw, SALT + raw):
        try:
            reveal = Reveal.decode(candidate)
        except ProtocolError:
            continue
        assert reveal.encode() == candidate
