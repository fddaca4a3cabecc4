"""What every organization may ask and say: the model for the other doors."""

from collections.abc import Mapping, Sequence
from functools import partial
from operator import attrgetter
from typing import Final

from exchange.services import ledger, own_keys
from exchange.services import organizations as organization_cases
from exchange.services import people as people_cases
from exchange.services.passkeys import check_words
from exchange.services.people import Invited
from exchange.services.work import Work, rules_now
from exchange.store import checkpoints as checkpoint_rows
from exchange.store import ledger as ledger_rows
from exchange.store import organizations as organization_rows
from exchange.store import people as people_rows
from exchange.store import scheme as scheme_rows
from exchange.store import shown as shown_rows
from exchange.store.ledger import AttestationRow
from exchange.store.organizations import KeyRow, OrganizationRow
from exchange.store.people import PersonRow
from exchange.web.http.door import Answer, Call, Door
from exchange.web.http.listing import by_id
from exchange.web.http.shapes import ListQuery, page_of
from exchange.web.organizations import schemas
from relay_protocol.directory import PUBLIC_KINDS

ANYBODY: Final = ""
"""Who reads what needs no token."""

organizations = Door(
    "organizations", "For everybody: the scheme, the register, keys, people and proofs."
)


@organizations.open_to_all("/v1/scheme", answers=schemas.SchemeShape)
def scheme(work: Work) -> Answer:
    """Return what the scheme is, and what its proofs are checked with."""
    notice = scheme_rows.current_notice(work.session)
    adopted = scheme_rows.adopted_rules(work.session)
    vkeys = own_keys.vkeys(work)
    return {
        "name": work.scheme.name,
        "name_en": work.scheme.name_en,
        "origin": work.scheme.origin,
        "web_origin": work.scheme.web_origin,
        "vkey": vkeys[-1],
        "vkeys": vkeys,
        "demo": work.scheme.demo,
        "rules": rules_now(work).document() if adopted else None,
        "notice": "" if notice is None else notice.version,
        "now": work.now.replace(microsecond=0).isoformat().replace("+00:00", "Z"),
    }


@organizations.open_to_all(
    "/v1/organizations", query=ListQuery, answers=page_of(schemas.OrganizationShape)
)
def register(work: Work, query: Mapping[str, object]) -> Answer:
    """Return the register of organizations with the keys that stand."""
    asked = by_id(query, listing="organizations", reader=ANYBODY)
    rows = organization_rows.organizations(work.session, after=asked.after, limit=asked.fetch)
    return asked.answer(rows, name=attrgetter("slug"), show=partial(_organization, work))


@organizations.read(
    "/v1/admissions", query=schemas.AdmissionQuery, answers=page_of(schemas.AdmissionShape)
)
def admissions(call: Call, query: Mapping[str, object]) -> Answer:
    """Return admissions with the fingerprints that a cosigner compares."""
    asked = by_id(query, listing="admissions", reader=call.actor.slug)
    state = query.get("state")
    rows = organization_rows.organizations(
        call.work.session,
        state=str(state) if state is not None else None,
        without="operator",
        after=asked.after,
        limit=asked.fetch,
    )
    return asked.answer(rows, name=attrgetter("slug"), show=partial(_admission, call.work))


@organizations.write("/v1/cosignatures", takes=schemas.AttestedShape, answers=schemas.CosignedShape)
def cosign(call: Call, body: Mapping[str, object]) -> Answer:
    """Cosign the admission of another organization, whose fingerprint was compared."""
    signed = ledger.read_jws(str(body["attestation"]))
    row = organization_cases.cosign(call.work, call.actor, signed)
    return {"slug": row.slug, "state": row.state}


@organizations.write(
    "/v1/keys", takes=schemas.AttestedShape, answers=schemas.RegisteredKeyShape, status=201
)
def register_key(call: Call, body: Mapping[str, object]) -> Answer:
    """Register a further key of the organization, signed by an earlier one."""
    signed = ledger.read_jws(str(body["attestation"]))
    return _key_state(organization_cases.register_key(call.work, call.actor, signed))


@organizations.write(
    "/v1/keys/revocations", takes=schemas.AttestedShape, answers=schemas.RegisteredKeyShape
)
def revoke_key(call: Call, body: Mapping[str, object]) -> Answer:
    """Revoke a key of the organization; nothing that it signs later counts."""
    signed = ledger.read_jws(str(body["attestation"]))
    return _key_state(organization_cases.revoke_key(call.work, call.actor, signed))


@organizations.read("/v1/reveals", query=schemas.RevealQuery, answers=schemas.RevealsShape)
def reveals(call: Call, query: Mapping[str, int]) -> Answer:
    """Return the organization's own acts with entry, reveal and inclusion proof."""
    rows = shown_rows.attestations_of(
        call.work.session,
        call.actor.slug,
        after=query["after"],
        before=_covered(call.work),
        limit=query["limit"],
    )
    return _proven(call.work, rows, query["limit"])


@organizations.open_to_all("/v1/directory", query=schemas.RevealQuery, answers=schemas.RevealsShape)
def directory(work: Work, query: Mapping[str, int]) -> Answer:
    """Return the public entries about organizations and their keys, each with its proof."""
    rows = ledger_rows.attestations_of_kinds(
        work.session,
        PUBLIC_KINDS,
        after=query["after"],
        before=_covered(work),
        limit=query["limit"],
    )
    return _proven(work, rows, query["limit"])


@organizations.write(
    "/v1/people",
    takes=schemas.NewPersonShape,
    answers=schemas.InvitedPersonShape,
    status=201,
)
def invite_person(call: Call, body: Mapping[str, object]) -> Answer:
    """Invite a person of the organization to the portal."""
    invited = people_cases.invite_person(call.work, call.actor, str(body["display_name"]))
    return {"id": invited.person.id, "enrolment_url": _enrolment_url(call.work, invited)}


@organizations.read("/v1/people", query=ListQuery, answers=page_of(schemas.PersonShape))
def people(call: Call, query: Mapping[str, object]) -> Answer:
    """Return the people of the organization, oldest first."""
    asked = by_id(query, listing="people", reader=call.actor.slug)
    rows = people_rows.people_of(
        call.work.session, call.actor.slug, after=asked.after, limit=asked.fetch
    )
    return asked.answer(rows, name=attrgetter("id"), show=_person)


@organizations.write(
    "/v1/people/<relay_id:person>/confirmation",
    takes=schemas.AttestedShape,
    answers=schemas.PersonShape,
)
def confirm_person(call: Call, body: Mapping[str, object], person: str) -> Answer:
    """Confirm a person's passkey: it becomes a key of the organization."""
    signed = ledger.read_jws(str(body["attestation"]))
    return _person(people_cases.confirm_person(call.work, call.actor, person, signed))


def _covered(work: Work) -> int:
    """Return the size of the newest published checkpoint; only what it covers can be proven."""
    return checkpoint_rows.published_size(work.session)


def _proven(work: Work, rows: Sequence[AttestationRow], limit: int) -> Answer:
    """Return one page of proofs, and after which entry the next one begins."""
    proofs = ledger.proofs_of(work, [row.id for row in rows])
    return {
        "items": [proof.document() for proof in proofs if proof is not None],
        "next": rows[-1].seq if len(rows) == limit else None,
    }


def _enrolment_url(work: Work, invited: Invited) -> str:
    return f"{work.scheme.web_origin}/portal/enrol/{invited.token}"


def _organization(work: Work, row: OrganizationRow) -> Answer:
    keys = organization_rows.keys(work.session, row.slug)
    return {
        "slug": row.slug,
        "name": row.name,
        "name_en": row.name_en,
        "role": row.role,
        "state": row.state,
        "corporate_number": row.corporate_number,
        "licence": row.licence,
        "licence_until": row.licence_until.isoformat() if row.licence_until else "",
        "keys": [
            {
                "name": key.name,
                "purpose": key.purpose,
                "jwk": key.jwk,
                "attestation": key.attestation_id,
            }
            for key in keys
        ],
    }


def _admission(work: Work, row: OrganizationRow) -> Answer:
    first = next(iter(organization_rows.keys(work.session, row.slug, purpose="sign")), None)
    return {
        "slug": row.slug,
        "name": row.name,
        "role": row.role,
        "admission": row.admission_id,
        "fingerprint": "" if first is None else first.name,
        "state": row.state,
    }


def _key_state(row: KeyRow) -> Answer:
    return {"name": row.name, "purpose": row.purpose, "revoked": row.revoked_at is not None}


def _person(row: PersonRow) -> Answer:
    key = people_cases.passkey_of(row) or None
    return {
        "id": row.id,
        "display_name": row.display_name,
        "state": row.state,
        "credential": row.credential or "",
        "key": key,
        "check": "" if key is None else check_words(key),
    }
