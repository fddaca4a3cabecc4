"""What everything on the ledger rests on at each place: organizations, keys, rules, notices."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.directory import PUBLIC_KINDS, Directory, DirectoryState
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import ProtocolError, ReplayError, RulesError
from relay_protocol.kinds import HUB, KINDS
from relay_protocol.rules import Adoption, Rules, in_force, of_version

RECORDED_WITHIN = timedelta(minutes=5)
"""How far an act's own instant may be from the moment at which the hub entered it."""

ROLE_OF_PART: Mapping[str, str] = MappingProxyType(
    {
        "origin": "member",
        "hirer": "member",
        "agency": "agency",
        "auditor": "auditor",
        "operator": "operator",
    }
)
"""The role that an organization needs for its part in a fact; `organization` needs none."""


_ROLES_OF: Mapping[str, frozenset[str] | None] = MappingProxyType(
    {
        name: None
        if "organization" in kind.by
        else frozenset(ROLE_OF_PART[part] for part in kind.by - {HUB})
        for name, kind in KINDS.items()
    }
)
"""The roles that may say each kind of fact; None where any organization may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CharterState:
    """A charter as it can be kept, and gone on with."""

    directory: DirectoryState
    adoptions: tuple[Adoption, ...]
    adopted_on: tuple[date, ...]
    notices: tuple[str, ...]
    slugs: Mapping[str, str]
    day: date


class Charter:
    """The organizations, keys, rules and notices that stand, entry after entry.

    `directory` knows who takes part, `adoptions` the rules in the order of the ledger, and
    `notices` the versions that candidates may have been shown.
    """

    def __init__(self) -> None:
        self.directory = Directory()
        self.adoptions: list[Adoption] = []
        self.notices: set[str] = set()
        self._adopted_on: list[date] = []
        self._slugs: dict[str, str] = {}
        self._rules: dict[str, Rules] = {}
        self._versions: set[str] = set()
        self._asked: tuple[date, int] | None = None
        self._day = date.min
        self._day_text = ""
        # The day of the entry before the one at hand.
        self._eve = date.min
        self._rules_text = ""
        # What was found to be so, until the next public entry.
        self._shown: set[str] = set()
        self._could_say: set[tuple[str, str, str]] = set()
        self._offsets: dict[str, tuple[timedelta, timedelta]] = {}
        # Instants from the first up to the second fit what entries of a day, under rules, say.
        self._span: tuple[str, str, datetime, datetime] | None = None

    def state(self) -> CharterState:
        """Return what of() goes on with."""
        return CharterState(
            directory=self.directory.state(),
            adoptions=tuple(self.adoptions),
            adopted_on=tuple(self._adopted_on),
            notices=tuple(sorted(self.notices)),
            slugs=self._slugs,
            day=self._day,
        )

    @classmethod
    def of(cls, state: CharterState) -> "Charter":
        """Return the charter that was kept."""
        charter = cls()
        charter.directory = Directory.of(state.directory)
        charter.adoptions, charter.notices = list(state.adoptions), set(state.notices)
        charter._adopted_on, charter._slugs = list(state.adopted_on), dict(state.slugs)
        charter._day = state.day
        charter._eve = state.day
        return charter

    def take(self, entry: Entry) -> SignedAttestation | None:
        """Return the attestation of a clear entry, once it was allowed there; None of others.

        Args:
            entry: the one after the entry taken before.

        Raises:
            ReplayError: day, rules or organizations cannot stand there, or the attestation
                was made by who could not make it, or contradicts what stands.
        """
        if (entry.seq == 0) != (entry.kind == "scheme.opened"):
            raise ReplayError("scheme-not-opened", entry.seq)
        day = self._day if entry.day == self._day_text else date.fromisoformat(entry.day)
        if day < self._day:
            raise ReplayError("day-decreases", entry.seq)
        self._eve = self._day
        if day is not self._day or entry.rules != self._rules_text or self._asked is None:
            if entry.rules not in self._versions_on(day):
                raise ReplayError("rules-not-in-force", entry.seq, entry.rules)
            self._rules_text = entry.rules
        signed = None
        if entry.signed_bytes is not None:
            signed = read(entry, entry.signed_bytes)
            if entry.kind in PUBLIC_KINDS:
                self._take_public(entry, signed)
            else:
                self.check(entry, signed)
                self._take_other(entry, signed.attestation)
        if not self._shown.issuperset(entry.orgs):
            self._shown.update(filter(self._is_known, entry.orgs))
        if not self._shown.issuperset(entry.orgs):
            raise ReplayError("organization-unknown", entry.seq)
        self._day, self._day_text = day, entry.day
        return signed

    def check(self, entry: Entry, signed: SignedAttestation) -> None:
        """Return if an act was made, at its place, by who could make it.

        Raises:
            ReplayError: it is meant for another ledger or was said on another day, its maker
                was not active or has no such part, or no key of theirs that stood has signed.
        """
        self.check_part(entry, signed.attestation)
        try:
            self.directory.check(signed, entry.seq)
        except ProtocolError as error:
            raise ReplayError("signature-invalid", entry.seq, str(error)) from error

    def check_part(self, entry: Entry, said: Attestation) -> None:
        """Return if an act was made for this ledger, on its day, by who had such a part.

        Raises:
            ReplayError: it was not.
        """
        who = (said.by, said.kind, said.log)
        is_known = who in self._could_say
        if not is_known and said.log != self.directory.scheme.origin:
            raise ReplayError("log-differs", entry.seq, said.log)
        span = self._span
        if (
            span is None
            or entry.day != span[0]
            or entry.rules != span[1]
            or not span[2] <= said.at < span[3]
        ):
            self._check_day(entry, said)
        if not is_known:
            self._check_role(entry, said)
            self._could_say.add(who)

    def rules_of(self, version: str) -> Rules:
        """Return the rules of a version.

        Raises:
            RulesError: it was not adopted so far.
        """
        found = self._rules.get(version)
        if found is None:
            found = self._rules[version] = of_version(self.adoptions, version)
        return found

    def slug_of(self, corporate_number: str) -> str | None:
        """Return who takes part under a corporate number, or None."""
        return self._slugs.get(corporate_number)

    def group_of(self, corporate_number: str) -> str:
        """Return the group of who takes part under a corporate number; else that number."""
        organization = self.directory.organization(self._slugs.get(corporate_number, ""))
        return organization.group if organization else corporate_number

    def _check_role(self, entry: Entry, said: Attestation) -> None:
        """Refuse an act of who was not active, or not in a part that this kind asks for."""
        if said.by == HUB:
            return
        role = "operator"
        if said.by != self.directory.scheme.operator:
            maker = self.directory.organization(said.by)
            if maker is None or maker.state != "active":
                raise ReplayError("maker-not-active", entry.seq, said.by)
            role = maker.role
        roles = _ROLES_OF[said.kind]
        if roles is not None and role not in roles:
            raise ReplayError("maker-not-in-part", entry.seq, said.by)

    def _check_day(self, entry: Entry, said: Attestation) -> None:
        """Refuse an entry on another day than the one on which its act was said."""
        day = date.fromisoformat(entry.day) if entry.day != self._day_text else self._day
        early, late = self._around(entry.rules)
        at = said.at if said.at.tzinfo is UTC else said.at.astimezone(UTC)
        try:
            first, last = (at + early).date(), (at + late).date()
        except OverflowError as error:
            raise ReplayError("day-differs", entry.seq, "outside the calendar") from error
        if not first <= day <= max(self._eve, last):
            raise ReplayError("day-differs", entry.seq)
        if date.min < day < date.max - timedelta(days=1):
            midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
            ends = midnight - late, midnight + timedelta(days=1) - early
            self._span = (entry.day, entry.rules, *ends)

    def _around(self, version: str) -> tuple[timedelta, timedelta]:
        """Return how far an instant in UTC is from the first and the last day it may stand on.

        Days are those of the rules that an entry names; of UTC before there are any.
        """
        known = self._offsets.get(version)
        if known is None:
            minutes = self.rules_of(version).utc_offset_minutes if version else 0
            offset = timedelta(minutes=minutes)
            known = (offset - RECORDED_WITHIN, offset + RECORDED_WITHIN)
            self._offsets[version] = known
        return known

    def _versions_on(self, day: date) -> set[str]:
        """Return the versions that may have been in force for an entry of a day.

        An act is judged when it is made and placed a moment later: midnight may lie between,
        or the adoption of other rules.
        """
        asked = (day, len(self.adoptions))
        if self._asked != asked:
            before = [a for a, on in zip(self.adoptions, self._adopted_on, strict=True) if on < day]
            eves = (day, day - timedelta(days=1)) if day > date.min else (day,)
            self._versions = {_version(a, on) for a in (self.adoptions, before) for on in eves}
            self._asked = asked
        return self._versions

    def _take_public(self, entry: Entry, signed: SignedAttestation) -> None:
        """Add an organization or key."""
        self._could_say.clear()
        if entry.kind != "scheme.opened":
            self.check(entry, signed)
        try:
            self.directory.take(entry)
        except ProtocolError as error:
            raise ReplayError("directory-contradicted", entry.seq, str(error)) from error
        self._could_say.clear()
        if entry.kind == "org.admitted":
            number, slug = (str(signed.attestation.body[n]) for n in ("corporate_number", "slug"))
            if self._slugs.setdefault(number, slug) != slug:
                raise ReplayError("organization-again", entry.seq)

    def _take_other(self, entry: Entry, said: Attestation) -> None:
        """Add rules or a notice, and see whom any other clear entry shows."""
        shown: tuple[str, ...] = ()
        if said.kind == "rules.adopted":
            self._adopt(entry, said)
        elif said.kind == "notice.adopted":
            if str(said.body["version"]) in self.notices:
                raise ReplayError("version-again", entry.seq)
            self.notices.add(str(said.body["version"]))
        elif said.kind == "period.audited":
            shown = (said.by,)
        elif said.kind == "pack.made":
            shown = tuple(slug for slug in entry.orgs[:1] if self._is_auditor(slug))
            if not shown:
                raise ReplayError("shown-differs", entry.seq)
        if entry.orgs != shown:
            raise ReplayError("shown-differs", entry.seq)

    def _adopt(self, entry: Entry, said: Attestation) -> None:
        """Add a version of the rules, whose name and digest are its own."""
        document = said.body["rules"]
        rules = Rules.from_document(document if isinstance(document, dict) else {})
        if rules.version in {adoption.rules.version for adoption in self.adoptions}:
            raise ReplayError("version-again", entry.seq)
        stated = (said.body["version"], said.body["digest"])
        if stated != (rules.version, b64url_encode(rules.digest())):
            raise ReplayError("rules-digest", entry.seq)
        valid_from = date.fromisoformat(str(said.body["valid_from"]))
        self._asked = None
        self.adoptions.append(Adoption(rules=rules, valid_from=valid_from))
        self._adopted_on.append(date.fromisoformat(entry.day))

    def _is_known(self, slug: str) -> bool:
        """Return whether a slug is that of the operator or of an organization admitted."""
        return (
            slug == self.directory.scheme.operator or self.directory.organization(slug) is not None
        )

    def _is_auditor(self, slug: str) -> bool:
        """Return whether an organization is an auditor."""
        organization = self.directory.organization(slug)
        return organization is not None and organization.role == "auditor"


def read(entry: Entry, wire: bytes) -> SignedAttestation:
    """Return the signed attestation of an entry, whose signature is still to be checked.

    Raises:
        ReplayError: the bytes are none, or one of another kind of fact than the entry's.
    """
    try:
        signed = SignedAttestation(wire=wire)
    except ProtocolError as error:
        raise ReplayError("attestation-malformed", entry.seq, str(error)) from error
    if signed.attestation.kind != entry.kind:
        raise ReplayError("kind-differs", entry.seq, signed.attestation.kind)
    return signed


def _version(adoptions: list[Adoption], on: date) -> str:
    """Return the version in force on a day, or "" before the first."""
    try:
        return in_force(adoptions, on).version
    except RulesError:
        return ""
