"""What relay.toml says of its keys is changed, and nothing else that it says."""

from pathlib import Path

import pytest

from career_relay.errors import NotDueError
from career_relay.rotation import name_in

TOML = """\
# 鍵
hub = "http://localhost:8400"
signing_key="keys/a.pem" # old

[company]
name = "架空"
"""


def test_one_line_names_the_new_file_beside_the_settings(tmp_path: Path) -> None:
    toml = tmp_path / "relay.toml"
    toml.write_text(TOML, encoding="utf-8")
    name_in(toml, "signing_key", tmp_path / "keys" / "a-2.pem")
    changed = TOML.replace('signing_key="keys/a.pem" # old', 'signing_key = "keys/a-2.pem"')
    assert toml.read_text(encoding="utf-8") == changed
    assert [path.name for path in tmp_path.iterdir()] == ["relay.toml"]


def test_a_file_elsewhere_is_named_by_its_whole_path(tmp_path: Path) -> None:
    toml = tmp_path / "here" / "relay.toml"
    toml.parent.mkdir()
    toml.write_text(TOML, encoding="utf-8")
    elsewhere = tmp_path / "safe" / 'a "b"-2.pem'
    name_in(toml, "signing_key", elsewhere)
    quoted = str(elsewhere).replace('"', '\\"')
    assert f'signing_key = "{quoted}"' in toml.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [TOML.replace("signing_key", "# signing_key"), TOML + TOML])
def test_settings_that_do_not_say_it_once_are_left_alone(tmp_path: Path, text: str) -> None:
    toml = tmp_path / "relay.toml"
    toml.write_text(text, encoding="utf-8")
    with pytest.raises(NotDueError, match="signing_key"):
        name_in(toml, "signing_key", tmp_path / "a-2.pem")
    assert toml.read_text(encoding="utf-8") == text
