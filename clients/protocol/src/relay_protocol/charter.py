"""What everything on the ledger rests on at each place: organizations, keys, rules, notices."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType

from relay_protocol.attestation import Attestation, SignedAttestation
from relay_protocol.directory import PUBLIC_KINDS, Directory
from relay_protocol.encoding import b64url_encode
from relay_protocol.entry import Entry
from relay_protocol.errors import ProtocolError, ReplayError, RulesError
from relay_protocol.kinds import HUB, KINDS
from relay_protocol.rules import Adoption, Rules, in_force, local_day, of_version

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
        self._versions: set[str] = set()
        self._asked: tuple[date, int] | None = None
        self._day = date.min

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
        day = date.fromisoformat(entry.day)
        if day < self._day:
            raise ReplayError("day-decreases", entry.seq)
        if entry.rules not in self._versions_on(day):
            raise ReplayError("rules-not-in-force", entry.seq, entry.rules)
        signed = None
        if entry.signed_bytes is not None:
            signed = read(entry, entry.signed_bytes)
            if entry.kind in PUBLIC_KINDS:
                self._take_public(entry, signed)
            else:
                self.check(entry, signed)
                self._take_other(entry, signed.attestation)
        if not all(map(self._is_known, entry.orgs)):
            raise ReplayError("organization-unknown", entry.seq)
        self._day = day
        return signed

    def check(self, entry: Entry, signed: SignedAttestation) -> None:
        """Return if an act was made, at its place, by who could make it.

        Raises:
            ReplayError: it is meant for another ledger or was said on another day, its maker
                was not active or has no such part, or no key of theirs that stood has signed.
        """
        said = signed.attestation
        if said.log != self.directory.scheme.origin:
            raise ReplayError("log-differs", entry.seq, said.log)
        self._check_day(entry, said)
        self._check_part(entry, said)
        try:
            self.directory.check(signed, entry.seq)
        except ProtocolError as error:
            raise ReplayError("signature-invalid", entry.seq, str(error)) from error

    def rules_of(self, version: str) -> Rules:
        """Return the rules of a version.

        Raises:
            RulesError: it was not adopted so far.
        """
        return of_version(self.adoptions, version)

    def slug_of(self, corporate_number: str) -> str | None:
        """Return who takes part under a corporate number, or None."""
        return self._slugs.get(corporate_number)

    def group_of(self, corporate_number: str) -> str:
        """Return the group of who takes part under a corporate number; else that number."""
        organization = self.directory.organization(self._slugs.get(corporate_number, ""))
        return organization.group if organization else corporate_number

    def _check_part(self, entry: Entry, said: Attestation) -> None:
        """Refuse an act of who was not active, or not in a part that this kind asks for."""
        if said.by == HUB:
            return
        role = "operator"
        if said.by != self.directory.scheme.operator:
            maker = self.directory.organization(said.by)
            if maker is None or maker.state != "active":
                raise ReplayError("maker-not-active", entry.seq, said.by)
            role = maker.role
        parts = KINDS[said.kind].by - {HUB}
        if "organization" not in parts and role not in {ROLE_OF_PART[part] for part in parts}:
            raise ReplayError("maker-not-in-part", entry.seq, said.by)

    def _check_day(self, entry: Entry, said: Attestation) -> None:
        """Refuse an entry on another day than the one on which its act was said."""
        try:
            first = self._local(said.at - RECORDED_WITHIN, entry)
            last = self._local(said.at + RECORDED_WITHIN, entry)
        except OverflowError as error:
            raise ReplayError("day-differs", entry.seq, "outside the calendar") from error
        if not first <= date.fromisoformat(entry.day) <= max(self._day, last):
            raise ReplayError("day-differs", entry.seq)

    def _local(self, instant: datetime, entry: Entry) -> date:
        """Return the day of an instant by the rules that an entry names; UTC before any."""
        if not entry.rules:
            return instant.astimezone(UTC).date()
        return local_day(instant, self.rules_of(entry.rules))

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
        if entry.kind != "scheme.opened":
            self.check(entry, signed)
        try:
            self.directory.take(entry)
        except ProtocolError as error:
            raise ReplayError("directory-contradicted", entry.seq, str(error)) from error
        if entry.kind == "org.admitted":
            body = signed.attestation.body
            if str(body["corporate_number"]) in self._slugs:
                raise ReplayError("organization-again", entry.seq)
            self._slugs[str(body["corporate_number"])] = str(body["slug"])

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
