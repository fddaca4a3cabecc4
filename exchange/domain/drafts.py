"""How a candidate's own words and what the origin added become one profile: the candidate's win."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from relay_protocol import profile
from relay_protocol.canonical import Encodable
from relay_protocol.profile import Fields

ORIGIN_ONLY: Final = ("stage_reached", "endorsement", "evaluation")
"""What only the origin can say; the candidate keeps it or leaves it out."""
FORM_FIELDS: Final = tuple(name for name in profile.GROUP_OF_FIELD if name not in ORIGIN_ONLY)
"""What a candidate writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A profile in the making.

    Attributes:
        own: what the candidate wrote.
        added: what the origin added.
        left_out: names of the origin's fields that the candidate does not want.
    """

    own: Fields
    added: Fields
    left_out: frozenset[str] = frozenset()

    def merged(self) -> Fields:
        """Return the profile as one."""
        added = self.added.document()
        kept = {name: added[name] for name in added if name not in self.left_out}
        return profile.check_fields({**kept, **self.own.document()})

    def from_origin(self) -> frozenset[str]:
        """Return the names of the fields that are shown in the origin's words."""
        return frozenset(self.added.document()) - frozenset(self.own.document()) - self.left_out

    def corrected(
        self, written: Mapping[str, Encodable], kept: Collection[str], groups: Collection[str]
    ) -> "Draft":
        """Return the draft after the candidate sent the form; the form is taken as the whole.

        Args:
            written: every field that the candidate filled in, checked.
            kept: those of ORIGIN_ONLY that the candidate wants to be shown.
            groups: the groups that the form asked for.
        """
        added = self.added.document()
        own = {name: value for name, value in written.items() if added.get(name) != value}
        asked = {name for name in added if profile.GROUP_OF_FIELD[name] in groups}
        wanted = {*written, *(name for name in kept if name in ORIGIN_ONLY)}
        return Draft(
            own=profile.check_fields(own),
            added=self.added,
            left_out=frozenset(asked - wanted),
        )
