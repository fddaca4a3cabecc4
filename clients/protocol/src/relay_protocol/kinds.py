"""The kinds of facts: who attests each, who is shown, and the closed form of what it says."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from relay_protocol import grammar
from relay_protocol.canonical import Value
from relay_protocol.codes import GROUPS, IDENTITY_ITEMS, JOB_KINDS, MODULES
from relay_protocol.errors import AttestationError
from relay_protocol.grammar import Form, ListForm, RecordForm, code, id_of, number, or_empty, subset

HUB = "hub"
"""What stands in `by` when the hub attests; no organization may have this slug."""

ROLES = ("member", "agency", "auditor", "operator")
LOG_KEY, HUB_KEY = "log", "hub"
OPERATORS_PURPOSES = frozenset({LOG_KEY, HUB_KEY})
"""Keys that the operator alone registers: what signs checkpoints, and what the hub attests with."""
KEY_PURPOSES = ("sign", "seal", "reveal", "passkey", LOG_KEY, HUB_KEY)
SUSPENSION_REASONS = ("licence-expired", "rules-broken", "key-lost", "left")
UNLIST_REASONS = ("withdrawn", "corrected", "expired", "class-broken", "erased", "placed")
CLAIM_END_REASONS = (
    "withdrawn",
    "by-agency",
    "release-overdue",
    "not-genuine",
    "filled",
    "erased",
    "approval-overdue",
)
HIRE_EVENTS = ("offer-accepted", "offer-declined", "started", "left")
AUDIT_VERDICTS = ("sound", "refused")
COMMODITIES = ("points", "slots")
MAX_SEALING_KEYS = 5
MAX_LOTS = 256
"""As many as fit into one attestation."""

Body = Mapping[str, Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of fact.

    Attributes:
        by: the parts in which it may be attested; `hub` for the hub itself.
        passkey: whether a person's passkey may sign it, beside the organization's key.
        shown: the parts whose slugs the entry shows.
        clear: whether the entry holds the signed attestation itself.
        refs: the ids it names.
        body: what it says.
        agrees: refuses a body whose values do not go together.
    """

    name: str
    by: frozenset[str]
    passkey: bool
    shown: tuple[str, ...]
    clear: bool
    refs: RecordForm
    body: RecordForm
    agrees: Callable[[Body], None]

    def check(self, by: str, refs: Mapping[str, str], body: Body) -> None:
        """Refuse what this kind of fact cannot say.

        Raises:
            AttestationError: another may attest it, or refs or body are not of its form.
        """
        if (by == HUB and HUB not in self.by) or (by != HUB and self.by == {HUB}):
            raise AttestationError(f"{self.name} is not attested by {by}")
        self.refs.check(dict(refs), "refs")
        self.body.check(dict(body), "body")
        self.agrees(body)


def _key_agrees(body: Body) -> None:
    """Refuse a key on a curve that does not serve its purpose, or a passkey without its owner."""
    key = body["key"]
    curve = key.get("crv") if isinstance(key, dict) else None
    signs = body["purpose"] == "sign" or body["purpose"] in OPERATORS_PURPOSES
    if curve != ("Ed25519" if signs else "P-256"):
        raise AttestationError(f"body/key is on a curve that does not serve to {body['purpose']}")
    is_passkey = body["purpose"] == "passkey"
    if is_passkey != bool(body["person"]) or is_passkey != bool(body["credential"]):
        raise AttestationError(
            "body/person and body/credential belong to a passkey, and only there"
        )


def _admission_agrees(body: Body) -> None:
    """Refuse a licence without its end or without an agency, and a first key that signs nothing."""
    if bool(body["licence"]) != bool(body["licence_until"]):
        raise AttestationError("body/licence and body/licence_until go together")
    if body["licence"] and body["role"] != "agency":
        raise AttestationError("body/licence is an agency's alone")
    if body["slug"] == HUB:
        raise AttestationError("body/slug names the hub itself")
    key = body["key"]
    if not isinstance(key, dict) or key.get("crv") != "Ed25519":
        raise AttestationError("body/key is not one to sign with")


def _scheme_agrees(body: Body) -> None:
    """Refuse a log key under another name than the log's, and keys that sign nothing."""
    keys = body["keys"]
    if not isinstance(keys, dict) or not str(keys["log"]).startswith(f"{body['origin']}+"):
        raise AttestationError("body/keys/log is not named after body/origin")
    for owner in ("operator", "hub"):
        key = keys[owner]
        if not isinstance(key, dict) or key.get("crv") != "Ed25519":
            raise AttestationError(f"body/keys/{owner} is not one to sign with")


def always_agrees(_body: Body) -> None:
    """Accept: the form of the values says all there is to say."""


def _kind(
    name: str,
    by: str,
    *,
    shown: str = "",
    clear: bool = False,
    refs: Mapping[str, Form] = MappingProxyType({}),
    body: Mapping[str, Form] = MappingProxyType({}),
    agrees: Callable[[Body], None] = always_agrees,
) -> Kind:
    """Return a kind; `by` names the parts that may attest it, and `passkey` if that may sign."""
    parts = by.split()
    return Kind(
        name=name,
        by=frozenset(parts) - {"passkey"},
        passkey="passkey" in parts,
        shown=tuple(shown.split()),
        clear=clear,
        refs=RecordForm(name=f"the refs of {name}", of=MappingProxyType(dict(refs))),
        body=RecordForm(name=f"the body of {name}", of=MappingProxyType(dict(body))),
        agrees=agrees,
    )


_REFERRAL = {"referral": id_of("ref", "a referral's id")}
_CONSENT = {"consent": id_of("con", "a consent's id")}
_CLAIM = {"claim": id_of("clm", "a claim's id")}
_INTRODUCTION = {"introduction": id_of("int", "an introduction's id")}
_HIRE = {"hire": id_of("hir", "a hire's id")}
_ENVELOPE = {"envelope": id_of("env", "an envelope's id")}

_JOB_KIND = {"job_kind": code("a kind of job", JOB_KINDS)}
_GROUPS = {"groups": subset("the field groups", GROUPS)}
_DIGEST = {"digest": grammar.DIGEST}
_UNTIL = {"until": grammar.DATE}
_ON = {"on": grammar.DATE}
_COUNT = number("a count from 1", 1)
_PERIOD = {"period": grammar.MONTH}
_CONSENTED: Mapping[str, Form] = {
    "notice": grammar.VERSION,
    "modules": subset("the modules of a consent", MODULES),
    **_GROUPS,
    **_UNTIL,
}
_MOVED: Mapping[str, Form] = {
    "commodity": code("a commodity", COMMODITIES),
    "debit": grammar.ACCOUNT,
    "credit": grammar.ACCOUNT,
    "count": _COUNT,
}
_LOT: Mapping[str, Form] = {
    "lot": grammar.DIGEST,
    "due": grammar.DATE,
    # Who funds the slots that a lot of points becomes, once nobody knows its fact any more.
    "agency": grammar.SLUG,
}

KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            _kind(
                "scheme.opened",
                "operator",
                clear=True,
                body={
                    "demo": grammar.BOOLEAN,
                    "origin": grammar.LOG_NAME,
                    "web_origin": grammar.WEB_ORIGIN,
                    "rp_id": grammar.HOST,
                    "operator": grammar.SLUG,
                    "keys": RecordForm(
                        name="the scheme's keys",
                        of={
                            "operator": grammar.KEY,
                            "hub": grammar.KEY,
                            "log": grammar.LOG_KEY,
                        },
                    ),
                },
                agrees=_scheme_agrees,
            ),
            _kind(
                "org.admitted",
                "operator",
                shown="organization",
                clear=True,
                body={
                    "slug": grammar.SLUG,
                    "role": code("a role", ROLES),
                    "corporate_number": grammar.CORPORATE_NUMBER,
                    "group": grammar.CORPORATE_NUMBER,
                    "licence": or_empty(grammar.LICENCE),
                    "licence_until": or_empty(grammar.DATE),
                    "key": grammar.KEY,
                },
                agrees=_admission_agrees,
            ),
            _kind(
                "org.cosigned",
                "organization operator",
                shown="organization",
                clear=True,
                refs={"admission": grammar.ATTESTATION_ID},
                body={"fingerprint": grammar.KID},
            ),
            _kind(
                "org.suspended",
                "operator",
                shown="organization",
                clear=True,
                body={
                    "slug": grammar.SLUG,
                    "reason": code("a reason for suspension", SUSPENSION_REASONS),
                },
            ),
            _kind(
                "key.registered",
                "organization",
                shown="organization",
                clear=True,
                body={
                    "purpose": code("a key's purpose", KEY_PURPOSES),
                    "key": grammar.KEY,
                    "person": or_empty(id_of("usr", "a person's id")),
                    "credential": or_empty(grammar.CREDENTIAL),
                },
                agrees=_key_agrees,
            ),
            _kind(
                "key.revoked",
                "organization",
                shown="organization",
                clear=True,
                body={"kid": grammar.CREDENTIAL},
            ),
            _kind(
                "rules.adopted",
                "operator passkey",
                clear=True,
                body={
                    "version": grammar.VERSION,
                    "valid_from": grammar.DATE,
                    **_DIGEST,
                    "rules": grammar.RULES_DOCUMENT,
                },
            ),
            _kind(
                "notice.adopted",
                "operator passkey",
                clear=True,
                body={
                    "version": grammar.VERSION,
                    "ja": grammar.DIGEST,
                    "en": grammar.DIGEST,
                },
            ),
            _kind("referral.invited", "origin", shown="origin", refs=_REFERRAL, body=_JOB_KIND),
            _kind(
                "consent.given",
                "hub",
                shown="origin",
                refs={**_CONSENT, **_REFERRAL},
                body=_CONSENTED,
            ),
            _kind(
                "consent.changed",
                "hub",
                shown="origin",
                refs={**_CONSENT, **_REFERRAL},
                body=_CONSENTED,
            ),
            _kind("consent.withdrawn", "hub", shown="origin", refs={**_CONSENT, **_REFERRAL}),
            _kind(
                "profile.added",
                "origin",
                shown="origin",
                refs={**_REFERRAL, **_CONSENT},
                body={**_GROUPS, **_DIGEST},
            ),
            _kind(
                "profile.listed",
                "hub",
                refs=_REFERRAL,
                body={
                    **_DIGEST,
                    "level": number("a level of generalisation, 0 to 4", 0, 4),
                    "exception": grammar.BOOLEAN,
                },
            ),
            _kind(
                "profile.unlisted",
                "hub",
                refs=_REFERRAL,
                body={"reason": code("a reason for unlisting", UNLIST_REASONS)},
            ),
            _kind(
                "claim.made",
                "agency passkey",
                shown="agency",
                refs=_CLAIM,
                body={
                    "pairwise": grammar.PAIRWISE_ID,
                    "vacancy": grammar.DIGEST,
                    **_JOB_KIND,
                },
            ),
            _kind("claim.bound", "hub", refs={**_CLAIM, **_REFERRAL}),
            _kind("claim.approved", "hub", shown="agency", refs=_CLAIM, body=_JOB_KIND),
            _kind("claim.declined", "hub", shown="agency", refs=_CLAIM),
            _kind(
                "claim.ended",
                "agency hub passkey",
                shown="agency",
                refs=_CLAIM,
                body={"reason": code("a reason for a claim's end", CLAIM_END_REASONS)},
            ),
            _kind(
                "identity.released",
                "origin",
                shown="agency origin",
                refs={
                    **_CLAIM,
                    **_REFERRAL,
                    "approval": grammar.ATTESTATION_ID,
                    **_ENVELOPE,
                },
                body={
                    "keys": ListForm(
                        name="a list of keys' thumbprints",
                        of=grammar.KID,
                        least=1,
                        most=MAX_SEALING_KEYS,
                        sorted_once=True,
                    ),
                    **_DIGEST,
                    "items": subset("the items of an identity", IDENTITY_ITEMS, least=1),
                },
            ),
            _kind(
                "identity.received",
                "agency passkey",
                shown="agency origin",
                refs={**_CLAIM, "release": grammar.ATTESTATION_ID},
                body={"provenance": grammar.BOOLEAN},
            ),
            _kind(
                "introduction.made",
                "agency passkey",
                shown="agency",
                refs={**_INTRODUCTION, **_CLAIM},
                body={"hirer": grammar.CORPORATE_NUMBER, **_ON, **_JOB_KIND},
            ),
            _kind(
                "hire.reported",
                "agency passkey",
                shown="agency",
                refs={**_HIRE, **_INTRODUCTION},
                body={"event": code("an event of a hire", HIRE_EVENTS), **_ON},
            ),
            _kind(
                "hire.confirmed",
                "hirer hub passkey",
                shown="agency hirer",
                refs={**_HIRE, "report": grammar.ATTESTATION_ID},
                body=_ON,
            ),
            _kind(
                "points.moved",
                "hub",
                body={
                    **_PERIOD,
                    **_MOVED,
                    "lots": ListForm(
                        name="a list of lots",
                        of=RecordForm(name="a lot", of={**_LOT, "count": _COUNT}),
                        most=MAX_LOTS,
                    ),
                },
            ),
            _kind("fact.kept", "hub", body={**_MOVED, **_LOT, "expires": grammar.DATE}),
            _kind(
                "period.settled",
                "hub",
                body={
                    **_PERIOD,
                    "cut": number("a place in the ledger", 0),
                    "root": grammar.DIGEST,
                    "statements": grammar.DIGEST,
                    "netting": grammar.DIGEST,
                },
            ),
            _kind("reveals.closed", "hub", clear=True, body={"count": number("a count", 0)}),
            _kind("pack.made", "hub", shown="auditor", clear=True, body={**_DIGEST, **_UNTIL}),
            _kind(
                "period.audited",
                "auditor",
                shown="auditor",
                clear=True,
                refs={"settled": grammar.ATTESTATION_ID},
                body={**_PERIOD, "verdict": code("a verdict", AUDIT_VERDICTS)},
            ),
        )
    }
)
"""Every kind of fact by its name."""
