"""The report of an audit as one page by itself: no script, nothing fetched, fit to print."""

from collections.abc import Iterable
from html import escape
from typing import Final

from relay_protocol.report import Lang, Report, facts, line, sections, verdict

STYLE: Final = """\
:root{--ink:#1c2430;--paper:#fbfaf7;--line:#d9dbd6;--green:#1f6f54;--red:#a3262b}
@media (prefers-color-scheme:dark){
:root{--ink:#e8e6e0;--paper:#171c23;--line:#3a424c;--green:#6cc3a1;--red:#ef9a9d}}
body{margin:0 auto;padding:24px 16px 40px;max-width:40em;color:var(--ink);background:var(--paper);
font:16px/1.7 system-ui,"Hiragino Sans","Noto Sans JP","Yu Gothic UI",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere;word-break:auto-phrase}
h1{font-size:28px;line-height:1.3;margin:0 0 16px}
h2{font-size:18px;margin:24px 0 4px;border-top:1px solid var(--line);padding-top:16px}
p{margin:0 0 8px}
.sound,.refused{border-left:6px solid;padding:8px 12px;font-weight:600}
.sound{border-color:var(--green)}.refused{border-color:var(--red)}
@media print{:root{--ink:#000;--paper:#fff}body{max-width:none;padding:0}}
"""


def html(report: Report, lang: Lang) -> str:
    """Return the report as an HTML page."""
    title = escape(line("title", lang))
    parts = [f"<h1>{title}</h1>", *_paragraphs(facts(report, lang))]
    told = "<br>".join(escape(one) for one in verdict(report.refusal, lang))
    parts.append(f'<p class="{report.result}">{told}</p>')
    for section in sections(report, lang):
        parts += [f"<h2>{escape(section.title)}</h2>", *_paragraphs(section.sentences)]
    body = "\n".join(parts)
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def _paragraphs(sentences: Iterable[str]) -> list[str]:
    """Return each sentence as a paragraph."""
    return [f"<p>{escape(sentence)}</p>" for sentence in sentences]
