"""Shapes of what agencies send and get."""

from marshmallow import fields, validate

from exchange.domain import vacancies
from exchange.web.http.shapes import (
    Code,
    ProofShape,
    Shape,
    attestation,
    relay_id,
    slug,
)
from relay_protocol.codes import JOB_KINDS, LABELS, OCCUPATIONS
from relay_protocol.kinds import CLAIM_END_REASONS, HIRE_EVENTS

DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
PAIRWISE = r"CR-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{2}"
STAGES = ("screening", "interview", "final", "offer")


def said(description: str, *, none: bool = False) -> fields.String:
    """Return a field of an answer that holds a text; null where there is none."""
    return fields.String(required=True, allow_none=none, metadata={"description": description})


def day(description: str) -> Code:
    """Return a field for a day of the calendar."""
    return Code(DATE, said=description, example="2026-12-01")


def pairwise() -> Code:
    """Return a field for the id under which one agency sees one profile."""
    return Code(PAIRWISE, said="The agency's own id for the profile.", example="CR-7KQX-M2HD-4R")


def corporate_number(description: str) -> Code:
    """Return a field for a 法人番号; whether its check digit fits is found out later."""
    return Code("[1-9][0-9]{12}", said=description, example="7000012050002")


def one_of(codes: tuple[str, ...], description: str) -> fields.String:
    """Return a field for one code of a closed list."""
    return fields.String(
        required=True, validate=validate.OneOf(codes), metadata={"description": description}
    )


def _texts(description: str, most: int, longest: int) -> fields.List[str]:
    """Return a field for a list of short texts, empty where it is left out."""
    return fields.List(
        fields.String(validate=validate.Length(min=1, max=longest)),
        load_default=list,
        validate=validate.Length(max=most),
        metadata={"description": description},
    )


def _text(description: str, longest: int) -> fields.String:
    """Return a field for a text that may be left out."""
    return fields.String(
        load_default="",
        validate=validate.Length(max=longest),
        metadata={"description": description},
    )


def _number(description: str, most: int) -> fields.Integer:
    """Return a field for a whole number, 0 where it is left out."""
    return fields.Integer(
        load_default=0,
        strict=True,
        validate=validate.Range(min=0, max=most),
        metadata={"description": description},
    )


class NewVacancyShape(Shape):
    """A job, and what counts in it; what is left out is not asked for."""

    title = fields.String(
        required=True,
        validate=validate.Length(min=1, max=vacancies.LONGEST_TITLE),
        metadata={"description": "What the job is called."},
    )
    hirer = _text("法人番号 of the company, if it is told.", 13)
    hirer_name = _text("The company's name, if it is told.", vacancies.LONGEST_TITLE)
    job_kind = one_of(JOB_KINDS, "The kind of job.")
    occupation = fields.String(
        load_default="",
        validate=validate.OneOf(("", *OCCUPATIONS)),
        metadata={"description": "The occupation, compared by its group."},
    )
    required_skills = _texts(
        "Skills that must be met.", vacancies.MOST_SKILLS, vacancies.LONGEST_SKILL
    )
    welcome_skills = _texts(
        "Skills that are welcome.", vacancies.MOST_SKILLS, vacancies.LONGEST_SKILL
    )
    languages = _texts("Languages with the least level, such as en:B2.", 10, 9)
    experience_years_min = _number("The fewest years of experience.", vacancies.MOST_YEARS)
    prefectures = _texts("Where the work is, 01 to 47.", 47, 2)
    remote = fields.Boolean(
        load_default=False,
        truthy={True},
        falsy={False},
        metadata={"description": "Whether it can be done from afar."},
    )
    salary_min_yen = _number("The lowest yearly salary.", vacancies.MOST_YEN)
    salary_max_yen = _number("The highest yearly salary.", vacancies.MOST_YEN)
    employment = fields.String(
        load_default="",
        validate=validate.OneOf(("", *LABELS["employment"])),
        metadata={"description": "The form of employment."},
    )
    fee_percent = _number("What the hirer pays the agency, in percent of a year's salary.", 100)
    description = _text("What candidates read of the job.", vacancies.LONGEST_DESCRIPTION)
    open_until = day("The last day on which claims are made for it.")


class VacancyShape(NewVacancyShape):
    """A vacancy as it is kept."""

    id = relay_id("vac", "The vacancy's id.")
    digest = said("SHA-256 by which claims name it, base64url.")
    created_at = said("When it was described, UTC.")


class ReasonShape(Shape):
    """How a profile stands to one thing that the vacancy asks for."""

    criterion = said("required, welcome, occupation, experience, place, salary or employment.")
    state = said("met, possible, missing or not-shown.")
    wanted = said("The skill or language asked for, or empty.")
    shown = said("What the profile shows of it, or empty.")


class MatchShape(Shape):
    """One profile that matches."""

    pairwise = pairwise()
    standing = said("free, taken by another agency's claim, or yours.")
    claim = said("The agency's own claim on it, or null.", none=True)
    listed_on = day("Since when it is listed.")
    profile = fields.Dict(required=True, metadata={"description": "What agencies are shown."})
    reasons = fields.List(fields.Nested(ReasonShape), required=True)


class MatchesShape(Shape):
    """A page of the profiles that match, best first, by the published formula."""

    items = fields.List(fields.Nested(MatchShape), required=True)
    next = said("Cursor of the page after this, or null.", none=True)
    total = said('How many match; "<k" below k.')
    complete = said('How many meet every required skill; "<k" below k.')


class NewClaimShape(Shape):
    """A claim on one profile, for one vacancy."""

    pairwise = pairwise()
    vacancy = relay_id("vac", "For which vacancy.")
    message = fields.String(
        required=True,
        validate=validate.Length(min=1, max=600),
        metadata={"description": "What the candidate reads; no contact, no gift."},
    )
    attestation = attestation("claim.made, signed: a compact JWS.")


class ClaimShape(Shape):
    """A claim, and where it stands."""

    id = relay_id("clm", "The claim's id.")
    pairwise = pairwise()
    vacancy = relay_id("vac", "For which vacancy.")
    job_kind = said("The kind of job.")
    state = said("open, approved, declined, expired, released or ended.")
    reason = said("Why it ended, or null.", none=True)
    claimed_at = said("When it was made, UTC.")
    due_at = said("When the next step must be done by, or null.", none=True)
    envelope = said("The envelope with the identity, or null.", none=True)


class EndedClaimShape(Shape):
    """The end of a claim."""

    reason = one_of(CLAIM_END_REASONS, "by-agency, filled or not-genuine.")
    attestation = attestation("claim.ended, signed: a compact JWS.")


class OriginShape(Shape):
    """The company that introduced a candidate, told with the identity."""

    slug = slug("Its short name.")
    name = said("Its name.")
    name_en = said("Its name in English.")


class EnvelopeShape(Shape):
    """A sealed identity that was sent to the agency."""

    id = relay_id("env", "The envelope's id.")
    claim = relay_id("clm", "The claim that it answers.")
    pairwise = pairwise()
    origin = fields.Nested(OriginShape, required=True)
    release = said("Id of identity.released.")
    released_at = said("When it was sent, UTC.")
    opened_at = said("When the agency confirmed where it comes from, or null.", none=True)
    kept_until = said("When the hub deletes it, UTC.")


class SealedEnvelopeShape(EnvelopeShape):
    """An envelope with its proofs, and its contents once the agency has confirmed them."""

    envelope = fields.Dict(
        required=True,
        allow_none=True,
        metadata={"description": "What is sealed; null before the receipt and after 7 days."},
    )
    release_proof = fields.Nested(ProofShape, required=True, allow_none=True)
    approval_proof = fields.Nested(ProofShape, required=True, allow_none=True)


class ReceiptShape(Shape):
    """The agency's confirmation of where an envelope comes from."""

    attestation = attestation("identity.received, signed: a compact JWS.")


class NewIntroductionShape(Shape):
    """An introduction of the candidate of a claim to a hirer."""

    claim = relay_id("clm", "The claim.")
    hirer = corporate_number("法人番号 of the hirer.")
    on = day("The day of the introduction.")
    attestation = attestation("introduction.made, signed: a compact JWS.")


class HireShape(Shape):
    """A hire as reported."""

    id = relay_id("hir", "The hire's id.")
    state = said("accepted, declined, started or left.")
    accepted_on = said("Day of the accepted offer, or null.", none=True)
    started_on = said("First day of work, or null.", none=True)
    left_on = said("Last day of work, or null.", none=True)
    start = said("Id of the report of the start, or null.", none=True)
    confirmed_by = said("Who confirmed the start, or null.", none=True)


class IntroductionShape(Shape):
    """An introduction, and what came of it."""

    id = relay_id("int", "The introduction's id.")
    claim = relay_id("clm", "The claim.")
    pairwise = pairwise()
    hirer = corporate_number("法人番号 of the hirer.")
    job_kind = said("The kind of job.")
    on = day("The day of the introduction.")
    stage = said("introduced, screening, interview, final or offer.")
    hire = fields.Nested(HireShape, required=True, allow_none=True)


class StageShape(Shape):
    """A stage that an introduction has reached."""

    stage = one_of(STAGES, "The stage.")


class NewHireReportShape(Shape):
    """What happened after an introduction."""

    introduction = relay_id("int", "The introduction.")
    event = one_of(HIRE_EVENTS, "What happened.")
    on = day("On which day.")
    attestation = attestation("hire.reported, signed: a compact JWS.")
