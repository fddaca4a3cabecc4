"""Forms read from a page and sent back, as a browser does it without a script."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

import httpx


@dataclass(kw_only=True)
class Form:
    """A form of a page: where it goes, what it holds before anybody types."""

    action: str
    method: str
    attributes: Mapping[str, str]
    fields: list[tuple[str, str]] = field(default_factory=list)

    def value(self, name: str) -> str:
        """Return the value of a field."""
        return next(value for known, value in self.fields if known == name)

    def filled(self, **typed: str | list[str]) -> dict[str, str | list[str]]:
        """Return what is sent after somebody typed; a list stands for several ticks."""
        content: dict[str, str | list[str]] = {}
        for name, value in self.fields:
            before = content.get(name)
            if before is None:
                content[name] = value
            else:
                content[name] = [*(before if isinstance(before, list) else [before]), value]
        return {**content, **typed}


class _Reader(HTMLParser):
    """Collects the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._select = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = Form(
                action=known.get("action", ""),
                method=known.get("method", "get").lower(),
                attributes=known,
            )
            self.forms.append(self._open)
        if self._open is None:
            return
        if tag == "input" and _is_sent(known):
            self._open.fields.append((known["name"], known.get("value", "on")))
        elif tag in {"select", "textarea"}:
            self._select, self._text = known.get("name", ""), ""
        elif tag == "option" and "selected" in known and self._select:
            self._open.fields.append((self._select, known.get("value", "")))

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._open is not None and self._select:
            self._open.fields.append((self._select, self._text.strip("\n")))
        if tag in {"select", "textarea"}:
            self._select = ""
        if tag == "form":
            self._open = None


def _is_sent(attributes: Mapping[str, str]) -> bool:
    """Return whether a browser sends an input that nobody has touched."""
    if not attributes.get("name") or "disabled" in attributes:
        return False
    if attributes.get("type") in {"checkbox", "radio"}:
        return "checked" in attributes
    return attributes.get("type") not in {"submit", "button"}


def forms_in(page: str) -> list[Form]:
    """Return the forms of a page, in order."""
    reader = _Reader()
    reader.feed(page)
    return reader.forms


def form_to(page: str, ending: str) -> Form:
    """Return the form of a page whose address ends so, its query left out."""
    return next(form for form in forms_in(page) if form.action.partition("?")[0].endswith(ending))


def send(
    client: httpx.Client, form: Form, page_url: str = "", **typed: str | list[str]
) -> httpx.Response:
    """Send a form as it is filled in; a form without an address goes to its own page."""
    return client.post(form.action or page_url, data=form.filled(**typed))
