"""Who acts at the hub, and what an organization must show to be admitted."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from exchange.domain.errors import BadInputError, LicenceError
from relay_protocol import grammar
from relay_protocol.errors import AttestationError
from relay_protocol.grammar import is_corporate_number

ROLES = ("member", "agency", "auditor", "operator")


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who asks: an organization by its key, a person by passkey, a candidate by link.

    Attributes:
        slug: the organization that is asking, or for which a person is; "" for candidates.
        role: the organization's role; "" for candidates and the hub itself.
        user_id: the person signed in, or "".
        candidate_id: the candidate, or "".
    """

    kind: Literal["organization", "person", "candidate", "hub"]
    slug: str = ""
    role: str = ""
    user_id: str = ""
    candidate_id: str = ""


def check_application(
    *,
    role: str,
    corporate_number: str,
    group: str,
    licence: str,
    licence_until: str,
    on: date,
) -> None:
    """Return if an organization may be admitted with these facts.

    Args:
        corporate_number: 法人番号, 13 digits of which the first checks the others.
        group: the 法人番号 of the group's head; its own where it has none.
        licence: `NN-ユ-NNNNNN` for agencies, "" for all others.
        licence_until: the licence's last day, `YYYY-MM-DD`, or "".
        on: the day of admission.

    Raises:
        BadInputError: the role or a 法人番号 is none.
        LicenceError: an agency's licence is malformed, missing or over.
    """
    if role not in ROLES or role == "operator":
        raise BadInputError(f"An organization cannot be admitted as {role}.", field="role")
    for field, number in (("corporate_number", corporate_number), ("group", group)):
        if not is_corporate_number(number):
            raise BadInputError(
                f"{number} is no 法人番号: 13 digits with a check digit in front.",
                field=field,
                mend="Look the number up at the National Tax Agency's register.",
            )
    if role == "agency":
        check_licence(licence, licence_until, on)
    elif licence or licence_until:
        raise BadInputError("Only an agency has a licence.", field="licence")


def check_licence(licence: str, licence_until: str, on: date) -> None:
    """Return if an agency's licence is well formed and valid on a day.

    Raises:
        LicenceError: it is malformed, missing or over (Employment Security Act 30).
    """
    try:
        grammar.LICENCE.check(licence, "licence")
    except AttestationError as error:
        raise LicenceError(
            f"{licence or 'nothing'} is no licence number such as 13-ユ-000000.", field="licence"
        ) from error
    try:
        last = date.fromisoformat(licence_until)
    except ValueError as error:
        raise LicenceError("The licence has no last day.", field="licence_until") from error
    if last < on:
        raise LicenceError(f"The licence ended on {last}.", field="licence_until")
