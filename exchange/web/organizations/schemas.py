"""Shapes of the register, the keys, the people and the proofs."""

from marshmallow import fields, validate

from exchange.web.http.shapes import (
    Code,
    ListQuery,
    ProofShape,
    Shape,
    attestation,
    relay_id,
    slug,
)


class JwkShape(Shape):
    """A public key as a JSON Web Key (RFC 7517)."""

    kty = fields.String(required=True, metadata={"description": "OKP or EC."})
    crv = fields.String(required=True, metadata={"description": "Ed25519 or P-256."})
    x = fields.String(required=True, metadata={"description": "Coordinate, base64url."})
    y = fields.String(metadata={"description": "Second coordinate of P-256, base64url."})


class SchemeShape(Shape):
    """What the scheme is, and what its proofs are checked with."""

    name = fields.String(required=True, metadata={"description": "Name in Japanese."})
    name_en = fields.String(required=True, metadata={"description": "Name in English."})
    origin = fields.String(required=True, metadata={"description": "The ledger's name."})
    web_origin = fields.String(required=True, metadata={"description": "aud of tokens."})
    vkey = fields.String(
        required=True, metadata={"description": "The ledger's verifier key, the newest."}
    )
    vkeys = fields.List(
        fields.String(),
        required=True,
        metadata={
            "description": "Every verifier key that signs the checkpoint now, oldest first: "
            "two while one follows another."
        },
    )
    demo = fields.Boolean(required=True, metadata={"description": "Whether it is a demo."})
    rules = fields.Dict(
        required=True, allow_none=True, metadata={"description": "The rules in force."}
    )
    notice = fields.String(
        required=True, metadata={"description": "Version of the notice in force, or empty."}
    )
    now = fields.String(required=True, metadata={"description": "The exchange's instant, UTC."})


class KeyShape(Shape):
    """One public key of an organization that is not revoked."""

    name = fields.String(
        required=True, metadata={"description": "kid, or id of the passkey's credential."}
    )
    purpose = fields.String(
        required=True, metadata={"description": "sign, seal, reveal or passkey."}
    )
    jwk = fields.Nested(JwkShape, required=True)
    attestation = fields.String(
        required=True, metadata={"description": "Id of the attestation that registered it."}
    )


class OrganizationShape(Shape):
    """One organization of the register."""

    slug = slug("Its short name.")
    name = fields.String(required=True, metadata={"description": "Name in Japanese."})
    name_en = fields.String(required=True, metadata={"description": "Name in English."})
    role = fields.String(
        required=True, metadata={"description": "member, agency, auditor, operator."}
    )
    state = fields.String(required=True, metadata={"description": "pending, active, suspended."})
    corporate_number = fields.String(required=True, metadata={"description": "法人番号."})
    licence = fields.String(required=True, metadata={"description": "Agency's licence, or empty."})
    licence_until = fields.String(
        required=True, metadata={"description": "Last day of the licence, or empty."}
    )
    keys = fields.List(fields.Nested(KeyShape), required=True)


class AdmissionShape(Shape):
    """An admission that another organization may cosign."""

    slug = slug("Who was admitted.")
    name = fields.String(required=True, metadata={"description": "Name in Japanese."})
    role = fields.String(required=True, metadata={"description": "Its role."})
    admission = fields.String(required=True, metadata={"description": "Id of org.admitted."})
    fingerprint = fields.String(required=True, metadata={"description": "kid of its first key."})
    state = fields.String(required=True, metadata={"description": "pending until cosigned."})


class AttestedShape(Shape):
    """An act, signed by the organization whose act it is."""

    attestation = attestation()


class CosignedShape(Shape):
    """The organization that was cosigned."""

    slug = slug("Who was cosigned.")
    state = fields.String(required=True, metadata={"description": "active from now on."})


class RegisteredKeyShape(Shape):
    """A key that was registered or revoked."""

    name = fields.String(required=True, metadata={"description": "kid or credential id."})
    purpose = fields.String(required=True, metadata={"description": "What it serves."})
    revoked = fields.Boolean(required=True, metadata={"description": "Whether it counts no more."})


class NewPersonShape(Shape):
    """A person to be invited to the portal."""

    display_name = fields.String(
        required=True,
        validate=validate.Length(min=1, max=60),
        metadata={"description": "What colleagues call them."},
    )


class InvitedPersonShape(Shape):
    """A person who may now enrol."""

    id = relay_id("usr", "The person's id.")
    enrolment_url = fields.String(
        required=True, metadata={"description": "One-time link for the person; shown once."}
    )


class PersonShape(Shape):
    """A person of the organization."""

    id = relay_id("usr", "The person's id.")
    display_name = fields.String(required=True, metadata={"description": "Their name."})
    state = fields.String(required=True, metadata={"description": "invited, enrolled, confirmed."})
    credential = fields.String(
        required=True, metadata={"description": "Id of their passkey, or empty."}
    )
    key = fields.Nested(JwkShape, required=True, allow_none=True)
    check = fields.String(
        required=True,
        metadata={"description": "The key's code; the person sees the same on their screen."},
    )


class RevealQuery(Shape):
    """From where on."""

    after = fields.Integer(
        load_default=-1,
        validate=validate.Range(min=-1, max=2**53 - 1),
        metadata={"description": "Only entries with a greater number."},
    )
    limit = fields.Integer(
        load_default=100,
        validate=validate.Range(min=1, max=1000),
        metadata={"description": "How many at most."},
    )


class RevealsShape(Shape):
    """The organization's own acts with their proofs, in the ledger's order."""

    items = fields.List(fields.Nested(ProofShape), required=True)
    next = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "`after` for the next page, or null."},
    )


class AdmissionQuery(ListQuery):
    """Which admissions."""

    state = Code(
        "pending|active|suspended", said="Only of this state.", example="pending", required=False
    )
