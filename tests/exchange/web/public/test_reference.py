from exchange.web.public.reference import Field, operations_of, shapes_of

DOCUMENT: dict[str, object] = {
    "tags": [{"name": "notes", "description": "Notes."}, {"name": "empty"}],
    "paths": {
        "/v1/notes/{name}": {
            "parameters": [
                {
                    "in": "path",
                    "name": "name",
                    "required": True,
                    "schema": {"type": "string", "minLength": 2, "maxLength": 9},
                }
            ],
            "post": {
                "tags": ["notes"],
                "summary": "Keep a note.",
                "security": [{"organization": []}],
                "parameters": [{"$ref": "#/components/parameters/IdempotencyKey"}],
                "requestBody": {
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/Note"}}
                    }
                },
                "responses": {
                    "201": {
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Kept"}}
                        }
                    },
                    "default": {"$ref": "#/components/responses/PROBLEM"},
                },
            },
            "get": {"tags": ["notes"], "summary": "Read a note.", "responses": {"200": {}}},
        }
    },
    "components": {
        "schemas": {
            "Note": {
                "type": "object",
                "required": ["text"],
                "properties": {
                    "text": {"type": "string", "pattern": "^a", "description": "What it says."},
                    "size": {"type": ["integer", "null"], "minimum": 1},
                    "kinds": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
                    "inner": {"type": "array", "items": {"$ref": "#/components/schemas/Kept"}},
                },
            },
            "Kept": {"type": "object"},
        }
    },
}


def test_operations_are_told_by_door_with_what_they_need() -> None:
    (group,) = operations_of(DOCUMENT)
    read, write = group.operations

    assert (group.name, group.description) == ("notes", "Notes.")
    assert (read.method, read.is_open, read.is_write, read.takes) == ("GET", True, False, "")
    assert (write.method, write.path) == ("POST", "/v1/notes/{name}")
    assert (write.is_open, write.is_write) == (False, True)
    assert (write.takes, write.status, write.answers) == ("Note", "201", "Kept")
    assert [field.name for field in write.parameters] == ["name"]
    assert write.parameters[0].form == "string, from 2 to 9 characters"


def test_shapes_are_told_with_the_form_of_each_member() -> None:
    kept, note = shapes_of(DOCUMENT)

    assert (kept.name, kept.fields) == ("Kept", [])
    assert note.fields == [
        Field(
            name="text",
            form="string, ^a",
            required=True,
            description="What it says.",
            shape="",
        ),
        Field(
            name="size", form="integer or null, from 1", required=False, description="", shape=""
        ),
        Field(
            name="kinds",
            form="list of string, one of a, b",
            required=False,
            description="",
            shape="",
        ),
        Field(name="inner", form="list of objects", required=False, description="", shape="Kept"),
    ]


def test_a_document_without_anything_has_nothing_to_show() -> None:
    assert operations_of({}) == []
    assert shapes_of({"components": None}) == []
