"""The jobs that agencies fill: described once, named by their digest in every claim."""

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import token_bytes

from exchange.domain.errors import BadInputError, DeadlinePassedError, NotFoundError
from exchange.domain.organizations import Actor
from exchange.domain.screening import require_clean_message
from exchange.domain.vacancies import Vacancy
from exchange.services.agencies import licensed
from exchange.services.work import Work, local_day
from exchange.store import claims as rows
from exchange.store.claims import VacancyRow
from relay_protocol import ids


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A vacancy as an agency has described it, and the row that keeps it."""

    row: VacancyRow
    vacancy: Vacancy


def describe(work: Work, actor: Actor, document: Mapping[str, object]) -> Offered:
    """Keep an agency's description of a job, and return it.

    Raises:
        BadInputError: a field breaks the form of vacancies, or the last day is over.
        IdentityInProfileError: a text holds what candidates must not be sent.
        LicenceError: the agency's licence is over.
    """
    agency = licensed(work, actor)
    vacancy = Vacancy.from_document(document)
    if vacancy.open_until < local_day(work):
        raise BadInputError(
            "The last day is over already.",
            field="open_until",
            detail_ja="期限の日が過ぎています。",
        )
    for field in ("title", "hirer_name", "description"):
        require_clean_message(str(getattr(vacancy, field)), field)
    for field in ("required_skills", "welcome_skills"):
        for index, skill in enumerate(getattr(vacancy, field)):
            require_clean_message(skill, f"{field}/{index}")
    row = VacancyRow(
        id=ids.new_id("vac", token_bytes(ids.ID_BYTES)),
        agency=agency.slug,
        document=vacancy.document(),
        digest=vacancy.digest(),
        state="open",
        created_at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    return Offered(row=row, vacancy=vacancy)


def offered(work: Work, actor: Actor, vacancy_id: str) -> Offered:
    """Return an agency's own vacancy.

    Raises:
        NotFoundError: there is none of that id; another agency's looks the same.
    """
    row = rows.vacancy(work.session, vacancy_id, actor.slug)
    if row is None:
        raise NotFoundError(
            "The agency has no such vacancy.", field="vacancy", detail_ja="この求人はありません。"
        )
    return read(row)


def read(row: VacancyRow) -> Offered:
    """Return what a kept row describes."""
    document = row.document if isinstance(row.document, Mapping) else {}
    return Offered(row=row, vacancy=Vacancy.from_document(document))


def require_open(work: Work, found: Offered) -> None:
    """Return if claims may be made for a vacancy today.

    Raises:
        DeadlinePassedError: its last day is over.
    """
    if found.vacancy.open_until < local_day(work):
        raise DeadlinePassedError(
            f"The vacancy was open until {found.vacancy.open_until}.",
            field="vacancy",
            mend="Describe the job anew if it is still to be filled.",
            detail_ja=f"この求人の期限は{found.vacancy.open_until}でした。",
            mend_ja="まだ募集しているときは、求人を登録し直してください。",
        )
