import pytest

from exchange.vault import answers
from exchange.vault.answers import AnswerSealError

BODY = b'{"enrolment_url":"https://hub.example/portal/enrol/secret"}'


def test_a_kept_answer_opens_under_the_key_it_was_sealed_with() -> None:
    sealed = answers.seal(BODY, actor="sakura", idempotency_key="k-1")

    assert answers.open_sealed(sealed, actor="sakura", idempotency_key="k-1") == BODY


@pytest.mark.parametrize(("actor", "key"), [("sakura", "k-2"), ("hayabusa", "k-1"), ("", "")])
def test_a_kept_answer_stays_closed_to_another_key_or_asker(actor: str, key: str) -> None:
    sealed = answers.seal(BODY, actor="sakura", idempotency_key="k-1")

    with pytest.raises(AnswerSealError):
        answers.open_sealed(sealed, actor=actor, idempotency_key=key)


@pytest.mark.parametrize("at", [0, 11, 12, -1])
def test_a_kept_answer_that_was_changed_does_not_open(at: int) -> None:
    sealed = bytearray(answers.seal(BODY, actor="sakura", idempotency_key="k-1"))
    sealed[at] ^= 1

    with pytest.raises(AnswerSealError):
        answers.open_sealed(bytes(sealed), actor="sakura", idempotency_key="k-1")


@pytest.mark.parametrize("length", [0, 5, 12, 20])
def test_a_kept_answer_that_was_cut_does_not_open(length: int) -> None:
    sealed = answers.seal(BODY, actor="sakura", idempotency_key="k-1")

    with pytest.raises(AnswerSealError):
        answers.open_sealed(sealed[:length], actor="sakura", idempotency_key="k-1")


def test_neither_the_name_nor_the_sealed_bytes_tell_key_or_answer() -> None:
    name = answers.key_name("sakura", "k-1")
    sealed = answers.seal(BODY, actor="sakura", idempotency_key="k-1")

    assert "k-1" not in name
    assert name == answers.key_name("sakura", "k-1")
    assert name not in {answers.key_name("sakura", "k-2"), answers.key_name("hayabusa", "k-1")}
    assert b"secret" not in sealed
    assert sealed != answers.seal(BODY, actor="sakura", idempotency_key="k-1")
