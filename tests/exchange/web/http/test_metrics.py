from flask import Flask

from exchange.web.http import metrics
from exchange.web.http.metrics import Metrics


def test_requests_are_counted_by_pattern_method_and_status() -> None:
    app = Flask(__name__)
    counted = metrics.measure(app)
    app.add_url_rule("/c/<token>", endpoint="link", view_func=lambda token: f"page {len(token)}")
    client = app.test_client()

    client.get("/c/one-secret")
    client.get("/c/another-secret")
    client.get("/nowhere/secret")
    text = counted.text().decode()

    assert 'exchange_requests_total{method="GET",route="/c/<token>",status="200"} 2.0' in text
    assert 'exchange_requests_total{method="GET",route="(no route)",status="404"} 1.0' in text
    assert "secret" not in text


def test_a_method_that_nobody_knows_makes_no_series_of_its_own() -> None:
    counted = Metrics()

    counted.count(method="HACK", pattern="/", status=405, took_s=0.1)

    assert 'method="other"' in counted.text().decode()
    assert "HACK" not in counted.text().decode()


def test_the_time_until_the_answer_is_kept() -> None:
    counted = Metrics()

    counted.count(method="GET", pattern="/", status=200, took_s=0.25)

    assert 'exchange_request_seconds_sum{method="GET",route="/"} 0.25' in counted.text().decode()


def test_the_queue_is_told_as_it_was_noted_last() -> None:
    counted = Metrics()

    counted.note_queue(waiting=7, oldest_s=1.5)
    counted.note_queue(waiting=2, oldest_s=0.5)

    text = counted.text().decode()
    assert "exchange_queue_waiting 2.0" in text
    assert "exchange_queue_oldest_seconds 0.5" in text


def test_two_apps_count_apart() -> None:
    first, second = Metrics(), Metrics()

    first.count(method="GET", pattern="/", status=200, took_s=0.1)

    assert "exchange_requests_total{" not in second.text().decode()
