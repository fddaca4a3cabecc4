import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from exchange.web import openapi
from exchange.web.http.problem_words import WORDS


@pytest.fixture(scope="module")
def document() -> dict[str, object]:
    described = openapi.document()
    parsed: dict[str, object] = json.loads(json.dumps(described))
    return parsed


def operations(document: dict[str, object]) -> Iterator[tuple[str, str, dict[str, object]]]:
    paths = document["paths"]
    assert isinstance(paths, dict)
    for path, at_path in paths.items():
        for method, told in at_path.items():
            if method != "parameters":
                yield path, method, told


def test_the_document_is_the_same_each_time_it_is_built(document: dict[str, object]) -> None:
    assert json.dumps(openapi.document()) == json.dumps(document)


def test_every_operation_has_a_sentence_and_may_answer_a_problem(
    document: dict[str, object],
) -> None:
    for path, method, told in operations(document):
        assert str(told["summary"]).endswith("."), path
        responses = told["responses"]
        assert isinstance(responses, dict)
        assert responses["default"] == {"$ref": "#/components/responses/PROBLEM"}, (path, method)


WITNESSES = "/v1/witness/cosignatures"
"""The one write without token: whoever brings a signature of a witness may bring it."""


def test_every_write_asks_for_a_token_and_an_idempotency_key(document: dict[str, object]) -> None:
    for path, method, told in operations(document):
        if method != "get" and path != WITNESSES:
            assert told["security"] == [{"organization": []}], path
            assert {"$ref": "#/components/parameters/IdempotencyKey"} in told["parameters"], path  # type: ignore[operator]


def test_a_witness_brings_text_and_needs_no_token(document: dict[str, object]) -> None:
    (told,) = (told for path, _, told in operations(document) if path == WITNESSES)
    body = told["requestBody"]
    assert isinstance(body, dict)
    assert (list(body["content"]), body["required"]) == (["text/plain"], True)
    assert "security" not in told
    assert "parameters" not in told


def test_every_field_of_every_shape_is_described(document: dict[str, object]) -> None:
    components = document["components"]
    assert isinstance(components, dict)
    for name, shape in components["schemas"].items():
        assert shape.get("additionalProperties") is False, name
        for field, told in shape["properties"].items():
            refers = "$ref" in json.dumps(told)
            assert refers or told.get("description") or field == "items", (name, field)


def test_the_token_is_described(document: dict[str, object]) -> None:
    components = document["components"]
    assert isinstance(components, dict)
    scheme = components["securitySchemes"]["organization"]

    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    assert "EdDSA" in scheme["description"]


def test_every_problem_stands_in_the_list_for_readers() -> None:
    page = openapi.problems_page()

    for slug in WORDS:
        assert f"\n## `{slug}`\n" in page


def test_the_command_writes_the_document_and_the_list_beside_it(tmp_path: Path) -> None:
    assert openapi.main([str(tmp_path / "openapi.json")]) == 0

    assert json.loads((tmp_path / "openapi.json").read_text()) == json.loads(
        json.dumps(openapi.document())
    )
    assert (tmp_path / "problems.md").read_text() == openapi.problems_page()


@pytest.mark.parametrize("arguments", [[], ["a", "b"]])
def test_the_command_says_how_it_is_used(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert openapi.main(arguments) == 2
    assert "usage: " in capsys.readouterr().err
