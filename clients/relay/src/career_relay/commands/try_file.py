"""`relay try`: what a file holds and what would leave, without hub, keys or anything written."""

import secrets
from collections import Counter
from importlib.resources import as_file
from pathlib import Path

import click
from rich.panel import Panel
from rich.text import Text

from career_relay.clock import day_in_japan, read_clock
from career_relay.commands.reports import reading_document, show_reading
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import OK, REFUSED, Terminal, terminal_of
from career_relay.eligible import REASON_WORDS
from career_relay.imports.reader import read
from career_relay.report.funnel import funnel_table, outcome_words
from career_relay.samples.files import SAMPLE_FILES, SAMPLES
from career_relay.samples.generate import SAMPLE_DAY
from career_relay.trial import Example, Trial, try_reading
from career_relay.words import Language, Words

_SHOWN_AT_MOST = 10

HELP = Words(
    en="Look at a file: who is eligible, why not, and what would leave.\n\n"
    "Nothing is sent and nothing is written. FILE is an Excel workbook, a CSV or\n"
    "Greenhouse's JSON with one ended application a row.\n\n"
    "Examples:\n"
    "  relay try --sample xlsx       a made-up list of 300, to begin with\n"
    "  relay try oubosha.csv         your own\n"
    "  relay try oubosha.xlsx --json",
    ja="ファイルを見て、対象になる方・ならない理由・外に出る内容を示します。\n\n"
    "何も送らず、何も書き込みません。FILEは、終了した応募を1行に1件ずつ書いた\n"
    "Excelブック、CSV、またはGreenhouseのJSONです。\n\n"
    "例:\n"
    "  relay try --sample xlsx       架空の300件で試す\n"
    "  relay try oubosha.csv         自社のファイルで試す\n"
    "  relay try oubosha.xlsx --json",
)


@click.command("try", cls=SpokenCommand, words=HELP)
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.option(
    "--sample",
    cls=SpokenOption,
    words=Words(
        en="Use the made-up list that is shipped, in this format.",
        ja="付属の架空のリストを、この形式で使います。",
    ),
    type=click.Choice(list(SAMPLE_FILES)),
)
@output_options
@click.pass_context
def try_file(context: click.Context, file: Path | None, sample: str | None) -> None:
    """Look at a file: who is eligible, why not, and what would leave."""
    terminal = terminal_of(context)
    if (file is None) == (sample is None):
        raise click.UsageError(_FILE_OR_SAMPLE.into(terminal.language), context)
    if sample is not None:
        with as_file(SAMPLES / SAMPLE_FILES[sample]) as shipped:
            reading = read(shipped)
        today = SAMPLE_DAY
    else:
        reading = read(file or Path())
        today = day_in_japan(read_clock(None))
    trial = try_reading(
        reading,
        today=today,
        language=terminal.language,
        draw=secrets.token_bytes,
        watch=lambda things: terminal.track(things, _SCREENING),
    )
    _show(terminal, trial)
    terminal.emit(_document(terminal, trial))
    context.exit(REFUSED if reading.refusals else OK)


def _show(terminal: Terminal, trial: Trial) -> None:
    show_reading(terminal, trial.reading)
    _show_eligible(terminal, trial)
    if trial.example is not None:
        _show_example(terminal, trial.example)
    if trial.held_back:
        _show_held_back(terminal, trial)
    _heading(terminal, _FUNNEL)
    terminal.show(funnel_table(trial.funnel, terminal.language))
    terminal.show(outcome_words(trial.funnel, terminal.language))
    terminal.show("")
    terminal.say(_NEXT)


def _show_eligible(terminal: Terminal, trial: Trial) -> None:
    _heading(terminal, _ELIGIBLE)
    terminal.say(
        Words(
            en="On {today}, {eligible} of {all} could be invited.",
            ja="{today}の時点で、{all}件のうち{eligible}件にご案内できます。",
        ).filled(
            today=trial.today.isoformat(),
            eligible=len(trial.eligible),
            all=len(trial.judgements),
        )
    )
    reasons = Counter(reason for one in trial.judgements for reason in one.reasons)
    if reasons:
        terminal.table(
            Words(en="Why not the others (several reasons may hold)", ja="対象外の理由(複数あり)"),
            [Words(en="reason", ja="理由"), Words(en="applications", ja="件数")],
            (
                (REASON_WORDS[reason].into(terminal.language), f"{count:,}")
                for reason, count in reasons.most_common()
            ),
        )


def _show_example(terminal: Terminal, example: Example) -> None:
    _heading(terminal, _LETTER)
    letter = example.letter
    head = f"{letter.to_name} <{letter.to_address}>\n{letter.subject}\n\n"
    terminal.show(Panel(Text(head + letter.text.rstrip()), title=_STAYS.into(terminal.language)))
    _heading(terminal, _LEAVES)
    for sent in example.sent:
        terminal.say(sent.when.filled(count=len(sent.body)))
        terminal.show(Panel(Text(sent.body.decode())))
    terminal.say(_SIGNED)
    found = sum(one.found for one in example.searched)
    terminal.table(
        (_NOTHING_FOUND if found == 0 else _FOUND).filled(found=found),
        [
            Words(en="what", ja="種類"),
            Words(en="written", ja="表記"),
            Words(en="found", ja="見つかった数"),
        ],
        ((one.what.into(terminal.language), one.value, str(one.found)) for one in example.searched),
    )


def _show_held_back(terminal: Terminal, trial: Trial) -> None:
    _heading(terminal, _HELD_BACK)
    terminal.table(
        Words(
            en="{count} texts of the {eligible} tell who somebody is; the rest of each may leave",
            ja="対象{eligible}件のうち{count}項目は本人が分かるため、その項目だけ外に出しません",
        ).filled(count=len(trial.held_back), eligible=len(trial.eligible)),
        [Words(en="id", ja="応募ID"), Words(en="why", ja="理由")],
        (
            (one.application.key.partition(":")[2], one.withheld.why.into(terminal.language))
            for one in trial.held_back[:_SHOWN_AT_MOST]
        ),
    )
    more = len(trial.held_back) - _SHOWN_AT_MOST
    if more > 0:
        terminal.say(Words(en="  … and {more} more", ja="  … ほか{more}件").filled(more=more))


def _heading(terminal: Terminal, words: Words) -> None:
    terminal.show("")
    terminal.say(words, style="bold green")


def _document(terminal: Terminal, trial: Trial) -> dict[str, object]:
    """Return the trial as JSON; names stand in the letter only, which stays here."""
    language = terminal.language
    return {
        **reading_document(trial.reading, language),
        "today": trial.today.isoformat(),
        "eligible": [one.key for one in trial.eligible],
        "not_eligible": {
            one.application.key: list(one.reasons) for one in trial.judgements if not one.eligible
        },
        "held_back": [
            {
                "application": one.application.key,
                "field": one.withheld.field,
                "why": one.withheld.why.into(language),
            }
            for one in trial.held_back
        ],
        **({} if trial.example is None else _example_document(trial.example, language)),
        "funnel": {
            line.code or line.group: list(line.counts)
            for line in (trial.funnel.total, *trial.funnel.by_kind, *trial.funnel.by_channel)
        },
        "outcomes": dict(trial.funnel.outcomes),
    }


def _example_document(example: Example, language: Language) -> dict[str, object]:
    letter = example.letter
    return {
        "letter": {"to": letter.to_address, "subject": letter.subject, "text": letter.text},
        "would_leave": [
            {
                "when": one.when.into(language).format(count=len(one.body)),
                "body": one.body.decode(),
            }
            for one in example.sent
        ],
        "searched": [
            {"what": one.what.into(language), "value": one.value, "found": one.found}
            for one in example.searched
        ],
    }


_NOTHING_FOUND = Words(
    en="Looked for in all of it, and not found", ja="上のすべてから探し、見つからなかったもの"
)
_FOUND = Words(
    en="Found {found} times: do not send this, and tell us",
    ja="{found}か所に見つかりました。送らずに、ご連絡ください",
)
_FILE_OR_SAMPLE = Words(
    en="Give either a FILE or --sample, not both.",
    ja="FILEか--sampleのどちらか一つを指定してください。",
)
_SCREENING = Words(en="Screening texts", ja="文章を確認しています")
_ELIGIBLE = Words(en="2  Who could be invited", ja="2  ご案内できる方")
_LETTER = Words(en="3  One letter", ja="3  お手紙の一例")
_STAYS = Words(en="written on your machine only", ja="貴社のパソコンの中だけで作られます")
_LEAVES = Words(en="4  Every byte that would leave", ja="4  外に出る内容のすべて")
_SIGNED = Words(
    en="The attestation inside is sent signed with your key; it says the same.",
    ja="中のattestationは貴社の鍵で署名して送ります。内容は同じです。",
)
_HELD_BACK = Words(en="5  What would be held back", ja="5  外に出さない項目")
_FUNNEL = Words(en="6  Your own funnel", ja="6  貴社の選考の流れ")
_NEXT = Words(
    en="Next: write relay.toml, then  relay import FILE  and  relay eligible",
    ja="次は、relay.tomlを用意して  relay import FILE 、 relay eligible  の順です。",
)
