"""Shapes of invitations, answered referrals and what origins add to profiles."""

from marshmallow import fields, validate

from exchange.services.invitations import LOCALES
from exchange.web.http.shapes import Code, ProblemShape, Shape, attestation, relay_id
from relay_protocol.codes import JOB_KINDS

BATCH = 1_000


class InvitationShape(Shape):
    """One invitation: random values alone, nothing of who is invited."""

    referral = relay_id("ref", "Drawn by the origin for this invitation.")
    token_digest = Code(
        "[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]",
        said="SHA-256 of the letters of the link's token, base64url.",
        example="47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU",
    )
    job_kind = fields.String(
        required=True,
        validate=validate.OneOf(JOB_KINDS),
        metadata={"description": "The kind of job that was applied for."},
    )
    locale = fields.String(
        required=True,
        validate=validate.OneOf(LOCALES),
        metadata={"description": "Language of the letter."},
    )
    expires_on = fields.Date(
        required=True, metadata={"description": "Last day on which it can be answered."}
    )
    attestation = attestation("referral.invited, signed: a compact JWS.")


class InvitationsShape(Shape):
    """Invitations to register."""

    invitations = fields.List(
        fields.Nested(InvitationShape),
        required=True,
        validate=validate.Length(min=1, max=BATCH),
        metadata={"description": f"1 to {BATCH}; each is judged by itself."},
    )


class VerdictShape(Shape):
    """What became of one of many."""

    referral = fields.String(required=True, metadata={"description": "Which one."})
    status = fields.String(
        required=True,
        metadata={"description": "registered or added, known (nothing was done), or refused."},
    )
    problem = fields.Nested(ProblemShape, metadata={"description": "Why it was refused."})


class VerdictsShape(Shape):
    """One verdict for each that was sent, in the same order."""

    items = fields.List(fields.Nested(VerdictShape), required=True)


class ConsentShape(Shape):
    """The consent as it stands, or stood last."""

    id = relay_id("con", "The consent's id.")
    notice = fields.String(required=True, metadata={"description": "Version of the notice."})
    modules = fields.List(
        fields.String(), required=True, metadata={"description": "What was chosen."}
    )
    groups = fields.List(
        fields.String(), required=True, metadata={"description": "Field groups that may be shown."}
    )
    until = fields.String(required=True, metadata={"description": "Last day, YYYY-MM-DD."})
    attestation = fields.String(
        required=True, metadata={"description": "Id of the attestation; proofs are at /v1/reveals."}
    )


class ReferralShape(Shape):
    """One referral that was answered with yes; of all others there are totals alone."""

    referral = relay_id("ref", "The referral's id.")
    job_kind = fields.String(required=True, metadata={"description": "Kind of job."})
    state = fields.String(
        required=True, metadata={"description": "consented, withdrawn or expired."}
    )
    consent = fields.Nested(ConsentShape, required=True)
    profile_state = fields.String(
        required=True, metadata={"description": "draft, held, listed, placed or unlisted."}
    )
    outcome = fields.String(
        required=True,
        metadata={"description": "started, where the candidate wants it told; else empty."},
    )


class TotalsShape(Shape):
    """How many stand where; a count below k is written as "<5", whatever it is."""

    k = fields.Integer(required=True, metadata={"description": "The least count that is told."})
    invited = fields.String(required=True, metadata={"description": "All that were registered."})
    consented = fields.String(required=True, metadata={"description": "Said yes."})
    withdrawn = fields.String(required=True, metadata={"description": "Withdrew later."})
    expired = fields.String(required=True, metadata={"description": "Ran out unanswered."})


class AdditionShape(Shape):
    """What the origin adds to one profile, within the consent and without identity."""

    referral = relay_id("ref", "Whose profile.")
    consent = relay_id("con", "The consent that allows it.")
    fields_ = fields.Dict(
        keys=fields.String(),
        required=True,
        data_key="fields",
        metadata={"description": "Fields of the profile; each profile is judged by itself."},
    )
    attestation = attestation("profile.added, signed: a compact JWS.")


class AdditionsShape(Shape):
    """What the origin adds to profiles."""

    profiles = fields.List(
        fields.Nested(AdditionShape),
        required=True,
        validate=validate.Length(min=1, max=BATCH),
        metadata={"description": f"1 to {BATCH}; each is judged by itself."},
    )
