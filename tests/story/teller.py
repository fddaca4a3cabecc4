"""Tells the demo's steps in plain words, and keeps them with their figures in story.json."""

import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from rich.console import Console

Figure: TypeAlias = int | float | str | bool | list[str] | dict[str, int]


@dataclass(kw_only=True)
class Teller:
    """Prints each step as it is done and remembers it."""

    file: Path
    console: Console = field(default_factory=lambda: Console(highlight=False, soft_wrap=True))
    steps: list[dict[str, object]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def chapter(self, number: int, title: str) -> None:
        """Begin a chapter."""
        self.console.print(f"\n[bold]{number}. {title}[/bold]")
        self.steps.append(
            {"chapter": number, "title": title, "at_s": self._since(), "said": [], "figures": {}}
        )

    def say(self, text: str, **figures: Figure) -> None:
        """Say one sentence and keep its figures."""
        self.console.print(f"   {text}", markup=False)
        step = self.steps[-1]
        said, kept = step["said"], step["figures"]
        if isinstance(said, list) and isinstance(kept, dict):
            said.append(text)
            kept.update(figures)
        self.keep()

    def show(self, text: str) -> None:
        """Show a line on the screen, and keep nothing of it."""
        self.console.print(f"   {text}", markup=False)

    def keep(self) -> None:
        """Write story.json as far as it has been told."""
        story = {"seconds": self._since(), "steps": self.steps}
        self.file.write_text(
            json.dumps(story, ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )

    def _since(self) -> float:
        """Return the seconds since the story began, to a tenth."""
        return round(time.monotonic() - self.began, 1)
