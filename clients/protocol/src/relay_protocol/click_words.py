"""What the library `click` says of a command line, in Japanese; both its users speak alike."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType, ModuleType
from typing import Final

ROOMS: Final = ("core", "decorators", "exceptions", "formatting", "parser", "termui", "types")
"""Where in click sentences are said."""
JAPANESE: Final[Mapping[str, str]] = MappingProxyType(
    {
        # headings, and what stands behind an option
        "Usage:": "使い方:",
        "Options": "オプション",
        "Commands": "コマンド",
        "Positional arguments": "引数",
        "required": "必須",
        "default: {default}": "既定値 {default}",
        "env var: {var}": "環境変数 {var}",
        "(dynamic)": "(状況による)",
        "deprecated": "廃止予定",
        "Show this message and exit.": "この説明を表示して終わります。",
        "Show the version and exit.": "バージョンを表示して終わります。",
        "%(prog)s, version %(version)s": "%(prog)s バージョン %(version)s",
        # what is wrong with a line
        "Error: {message}": "指定の誤り: {message}",
        "Try '{command} {option}' for help.": "使い方は '{command} {option}' で見られます。",
        "Missing command.": "コマンドを指定してください。",
        "No such command {name!r}.": "{name!r} というコマンドはありません。",
        "No such command '{name}'.": "'{name}' というコマンドはありません。",
        "No such option {name!r}.": "{name!r} というオプションはありません。",
        "No such option: {name}": "{name} というオプションはありません。",
        "Did you mean {possibility}?": "{possibility} のことですか。",
        "(Did you mean one of: {possibilities}?)": "(近い名前: {possibilities})",
        "(Possible options: {possibilities})": "(近い名前: {possibilities})",
        "Got unexpected extra argument ({args})": "余分な引数があります({args})。",
        "Got unexpected extra arguments ({args})": "余分な引数があります({args})。",
        "Missing argument": "引数を指定してください:",
        "Missing option": "オプションを指定してください:",
        "Missing parameter": "次のものを指定してください:",
        "Missing {param_type}": "{param_type} を指定してください:",
        "Missing parameter: {param_name}": "{param_name} を指定してください。",
        "Invalid value: {message}": "値が正しくありません。{message}",
        "Invalid value for {param_hint}: {message}": (
            "{param_hint} の値が正しくありません。{message}"
        ),
        "Option {name!r} does not take a value.": "オプション {name!r} は値を取りません。",
        "Option {name!r} requires an argument.": "オプション {name!r} には値が必要です。",
        "Option {name!r} requires {nargs} arguments.": (
            "オプション {name!r} には値が {nargs} 個必要です。"
        ),
        "Argument {name!r} takes {nargs} values.": "引数 {name!r} には値が {nargs} 個必要です。",
        "Takes {nargs} values but 1 was given.": "値は {nargs} 個ですが、1 個しかありません。",
        "Takes {nargs} values but {len} were given.": "値は {nargs} 個ですが、{len} 個あります。",
        "{len_type} values are required, but {len_value} was given.": (
            "値は {len_type} 個ですが、{len_value} 個あります。"
        ),
        "{len_type} values are required, but {len_value} were given.": (
            "値は {len_type} 個ですが、{len_value} 個あります。"
        ),
        "Value must be an iterable.": "値を並べて指定してください。",
        "Choose from:\n\t{choices}": "次から選びます:\n\t{choices}",
        "{value!r} is not {choice}.": "{value!r} は使えません。{choice} を指定します。",
        "{value!r} is not one of {choices}.": "{value!r} は使えません。{choices} から選びます。",
        "{value!r} does not match the format {format}.": (
            "{value!r} は {format} の形ではありません。"
        ),
        "{value!r} does not match the formats {formats}.": (
            "{value!r} は {formats} のどの形でもありません。"
        ),
        "{value!r} is not a valid {number_type}.": "{value!r} は数として読めません。",
        "{value} is not in the range {range}.": "{value} は範囲({range})の外です。",
        "{value!r} is not a valid boolean. Recognized values: {states}": (
            "{value!r} は使えません。{states} のどれかを指定します。"
        ),
        "{value!r} is not a valid UUID.": "{value!r} は UUID ではありません。",
        "{name} {filename!r} does not exist.": "{filename!r} がありません。",
        "{name} {filename!r} is a file.": "{filename!r} はファイルです。",
        "{name} {filename!r} is a directory.": "{filename!r} はフォルダです。",
        "{name} {filename!r} is not readable.": "{filename!r} を読む権限がありません。",
        "{name} {filename!r} is not writable.": "{filename!r} に書く権限がありません。",
        "{name} {filename!r} is not executable.": "{filename!r} を実行する権限がありません。",
        "Could not open file {filename!r}: {message}": "{filename!r} を開けません: {message}",
        "unknown error": "原因は分かりません",
        # while a command runs
        "Aborted!": "中断しました。",
        "Do you want to continue?": "続けますか",
        "Confirm the action without prompting.": "確認をせずに続けます。",
        "Repeat for confirmation": "確認のため、もう一度",
        "Error: The two entered values do not match.": "二度目の入力が一度目と違います。",
        "Error: invalid input": "入力が正しくありません。",
        "Press any key to continue...": "何かキーを押すと続けます...",
    }
)
"""What it says in English, with the places that it fills, and what that means."""


@contextmanager
def in_japanese(click: ModuleType) -> Iterator[None]:
    """Let click say in Japanese what it says itself, until the end.

    Each of its rooms looks its sentences up by gettext's names. A catalogue of gettext would
    follow the environment alone, and not --lang.

    Args:
        click: the library, whose rooms are all loaded.
    """
    rooms = [vars(click)[name] for name in ROOMS]
    ours = {"_": _said, "ngettext": _counted}
    theirs = [(room, name, vars(room)[name]) for room in rooms for name in ours.keys() & vars(room)]
    try:
        for room, name, _ in theirs:
            setattr(room, name, ours[name])
        yield
    finally:
        for room, name, own in theirs:
            setattr(room, name, own)


def _said(message: str) -> str:
    """Return one of click's sentences in Japanese."""
    return JAPANESE.get(message, message)


def _counted(one: str, many: str, count: int) -> str:
    """Return one of click's sentences about a number of things in Japanese."""
    return _said(one if count == 1 else many)
