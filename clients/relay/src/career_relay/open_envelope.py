"""Opening an envelope at the agency: whose it is, is checked first; the key never leaves."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias, cast

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from career_relay.agency import Agency, EnvelopeAnswer
from career_relay.assets import receptions
from career_relay.assets.receptions import Reception
from career_relay.connection import Connection
from career_relay.errors import DistrustError, NotDueError, NotReadyError
from career_relay.pins import Pins, Proven
from career_relay.words import Words
from relay_protocol import envelope as envelopes
from relay_protocol.canonical import Value
from relay_protocol.directory import AdmittedOrganization
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import EnvelopeError
from relay_protocol.jwk import kid_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where an envelope comes from, as its origin has signed it and the ledger shows it.

    Attributes:
        origin: who has sealed it; the name is what the hub tells.
        released_on: the day of the entry.
        items: what is inside.
        digest: of the envelope, base64url.
    """

    envelope: str
    claim: str
    origin: AdmittedOrganization
    origin_name: str
    release: str
    items: tuple[str, ...]
    keys: tuple[str, ...]
    digest: str


Confirm: TypeAlias = Callable[[Provenance], bool]
"""Asks whoever opens an envelope whether they confirm where it comes from (APPI 30)."""


def open_envelope(
    connection: Connection,
    envelope_id: str,
    private_keys: Sequence[EllipticCurvePrivateKey],
    *,
    confirm: Confirm,
) -> dict[str, str]:
    """Return the identity in an envelope, once its provenance is proven and confirmed.

    The receipt is posted, the record of it kept, and only then does the hub give out what is
    sealed; it is opened here, with a key that stays here.

    Args:
        connection: the agency's.
        envelope_id: the envelope's id.
        private_keys: the agency's sealing keys, those that it used before among them.
        confirm: asks the person at the machine.

    Raises:
        NotDueError: nobody has confirmed the provenance, the envelope is gone, or it is not
            sealed to any of these keys.
        NotReadyError: its release has no checkpoint yet.
        DistrustError: its release is not the origin's, or of another envelope.
        HubRefusedError, HubUnreachableError, HubAnswerError: the hub does not answer well.
    """
    connection.pins.refresh()
    agency = Agency(connection.transport, connection.attester)
    answer = agency.envelope(envelope_id)
    provenance = _provenance(answer, connection.pins, slug=connection.config.slug)
    private_key = next(
        (key for key in private_keys if kid_of(key.public_key()) in provenance.keys), None
    )
    if private_key is None:
        raise NotDueError(
            Words(
                en="The envelope is not sealed to the key in relay.toml.",
                ja="封書は relay.toml の鍵あてではありません。",
            ),
            Words(
                en="Open it on the machine that holds the key it is sealed to.",
                ja="封書のあて先の鍵がある端末で開いてください。",
            ),
        )
    if answer.opened_at is None and not confirm(provenance):
        raise NotDueError(
            Words(
                en="Without your confirmation of where it comes from it stays closed.",
                ja="提供元の確認がないため、封書は開きません。",
            )
        )
    if answer.opened_at is None:
        answer = agency.receive(answer)
    if answer.envelope is None:
        answer = agency.envelope(envelope_id)
    identity = _opened(answer.envelope, provenance, private_key)
    with connection.store.transaction() as rows:
        receptions.keep(
            rows,
            Reception(
                envelope=envelope_id,
                claim=provenance.claim,
                origin=provenance.origin.slug,
                origin_name=provenance.origin_name,
                person=identity["name"],
                items=envelopes.items_of(identity),
                release=provenance.release,
                opened_at=connection.now(),
            ),
        )
    return identity


def _provenance(answer: EnvelopeAnswer, pins: Pins, *, slug: str) -> Provenance:
    """Return where an envelope comes from, its release proven and signed by the origin."""
    if answer.release_proof is None:
        raise NotReadyError(
            Words(
                en="The release has no checkpoint yet.",
                ja="開示の記載は、まだ要約署名を待っています。",
            ),
            Words(en="Try again in a minute.", ja="1分後にもう一度お試しください。"),
        )
    proven: Proven = pins.prove(answer.release_proof)
    said = proven.signed.attestation
    origin = pins.directory.organization(said.by)
    named = said.kind == "identity.released" and said.refs["envelope"] == answer.id
    shown = proven.orgs == tuple(sorted((slug, said.by)))
    if not named or not shown or said.refs["claim"] != answer.claim:
        raise _another()
    if origin is None or origin.slug != answer.origin.slug or said.id != answer.release:
        raise _another()
    return Provenance(
        envelope=answer.id,
        claim=answer.claim,
        origin=origin,
        origin_name=answer.origin.name,
        release=said.id,
        items=_texts(said.body["items"]),
        keys=_texts(said.body["keys"]),
        digest=str(said.body["digest"]),
    )


def _opened(
    document: Mapping[str, object] | None, provenance: Provenance, key: EllipticCurvePrivateKey
) -> dict[str, str]:
    """Return the identity in what the hub has carried, if that is what the origin has signed."""
    if document is None:
        raise NotDueError(
            Words(
                en="The hub holds the envelope no more; it deletes each after seven days.",
                ja="ハブに封書は残っていません(7日で消去します)。",
            ),
            Words(en="Ask the origin to release it again.", ja="紹介元企業にご相談ください。"),
        )
    # Whatever it holds, check_envelope() looks at it before anything else does.
    envelope = cast("Mapping[str, Value]", document)
    try:
        envelopes.check_envelope(envelope)
        same = b64url_encode(envelopes.digest(envelope)) == provenance.digest
        if not same or envelope["claim"] != provenance.claim:
            raise _another()
        return envelopes.open_envelope(envelope, key, kid_of(key.public_key()))
    except EnvelopeError as error:
        raise DistrustError(
            Words(en=f"The envelope does not open: {error}.", ja=f"封書を開けません: {error}")
        ) from error


def _texts(values: Value) -> tuple[str, ...]:
    return tuple(str(value) for value in values) if isinstance(values, list) else ()


def _another() -> DistrustError:
    return DistrustError(
        Words(
            en="The envelope is not the one that its origin has signed for this claim.",
            ja="この封書は、紹介元企業がこの打診のために署名したものではありません。",
        ),
        Words(
            en="Do not open it. Tell the office and an auditor.",
            ja="開かずに、事務局と監査人に知らせてください。",
        ),
    )
