"""A receipt for people is a file, or a sentence that says when to come again."""

import pytest
from flask import Flask, Response

from exchange.domain.errors import ReceiptNotReadyError
from exchange.hub import Hub
from exchange.web.http import metrics, receipt_files, wiring


@pytest.fixture
def app(hub: Hub) -> Flask:
    made = Flask(__name__)
    wiring.wire(made, hub, metrics.measure(made))
    return made


def test_a_receipt_is_a_file_to_keep() -> None:
    answer = receipt_files.file_answer("A" * 22, b"c2sp.org/tlog-proof@v1\n")
    assert answer.content_type == "text/plain; charset=utf-8"
    name = f"receipt-{'A' * 22}.tlog-proof"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.get_data() == b"c2sp.org/tlog-proof@v1\n"


def test_what_is_ready_is_given_at_once(app: Flask) -> None:
    with app.test_request_context():
        assert receipt_files.for_people(lambda: Response("x")).get_data() == b"x"


def test_what_comes_a_moment_later_is_waited_for(app: Flask) -> None:
    looks = []

    def read() -> Response:
        looks.append(1)
        if len(looks) < 3:
            raise ReceiptNotReadyError("Not yet.")
        return Response("x")

    with app.test_request_context():
        answer = receipt_files.for_people(read)
    assert answer.get_data() == b"x"
    assert "Preference-Applied" not in answer.headers


def test_what_does_not_come_is_told_without_words_for_machines(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receipt_files, "PATIENCE_S", 0)

    def read() -> Response:
        raise ReceiptNotReadyError("Not yet.", detail_ja="まだです。")

    with app.test_request_context(), pytest.raises(ReceiptNotReadyError) as refused:
        receipt_files.for_people(read)
    assert refused.value.mend
    assert "Prefer" not in refused.value.mend + refused.value.mend_ja
    assert refused.value.detail_ja == "まだです。"
