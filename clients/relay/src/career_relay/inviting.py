"""Inviting: links drawn here, registered at the hub without a name, then carried by letters."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from career_relay.additions import Held
from career_relay.application import Application
from career_relay.assets import applications, referrals
from career_relay.assets.referrals import Referral
from career_relay.connection import Connection
from career_relay.eligible import judge
from career_relay.letters.files import write_letters
from career_relay.letters.letter import Letter, compose
from career_relay.letters.templates import choose_template
from career_relay.member import BATCH_ITEMS, Invitation, Member, Verdict
from career_relay.words import Words, same
from relay_protocol import ids

TOKEN_BYTES: Final = 32

_REGISTERING: Final = Words(en="Registering invitations", ja="ご案内を登録しています")


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """One person to be invited: the referral, and the letter that will carry its link."""

    referral: Referral
    application: Application
    letter: Letter


@dataclass(kw_only=True)
class Invited:
    """What became of the invitations.

    Attributes:
        registered: referrals that the hub holds now.
        refused: those that it has refused.
        letters: the files that were written, `links.csv` among them.
    """

    registered: list[str] = field(default_factory=list)
    refused: list[Held] = field(default_factory=list)
    letters: list[Path] = field(default_factory=list)


def plan(connection: Connection, *, limit: int | None = None) -> list[Planned]:
    """Return whom to invite today, with every letter composed; nothing is kept or sent yet.

    First come those whose invitation an earlier run has begun and not ended.

    Args:
        connection: ours.
        limit: how many at most; None for all.

    Raises:
        LetterError: a letter cannot be composed; relay.toml lacks who signs it.
        LetterTemplateError: the company's own template cannot be used.
    """
    today = connection.today()
    settings = connection.config.invitation
    with connection.store.reading() as rows:
        held = list(applications.every(rows))
        begun = {
            one.application: one
            for one in referrals.in_states(rows, "drawn", "invited")
            if one.letter_at is None and one.expires_on >= today
        }
        judgements = judge(
            held,
            today=today,
            recent_days=settings.recent_days,
            invited=referrals.invited_applications(rows) - begun.keys(),
        )
    until = today + timedelta(days=settings.valid_days)
    eligible = [one.application for one in judgements if one.eligible]
    eligible.sort(key=lambda application: application.key not in begun)
    return [
        _planned(
            connection,
            begun.get(application.key) or _drawn(connection, application, until),
            application,
        )
        for application in eligible[:limit]
    ]


def invite(connection: Connection, planned: Sequence[Planned]) -> Invited:
    """Register planned invitations in batches, and write the letters of those that stand.

    Each run writes into a folder of its own, named after the instant, so that no letter of an
    earlier run is sent twice.

    Raises:
        HubRefusedError: the hub refuses a whole batch.
        HubUnreachableError, HubAnswerError: the hub does not answer well; run it again.
    """
    invited = Invited()
    with connection.store.transaction() as rows:
        for one in planned:
            if referrals.find(rows, one.referral.referral) is None:
                referrals.draw(rows, one.referral)
    for start in connection.watch(range(0, len(planned), BATCH_ITEMS), _REGISTERING):
        _register(connection, planned[start : start + BATCH_ITEMS], invited)
    standing = frozenset(invited.registered)
    letters = [one for one in planned if one.referral.referral in standing]
    if letters:
        now = connection.now()
        folder = connection.config.letters / f"{now:%Y%m%d-%H%M%S}"
        invited.letters = write_letters([one.letter for one in letters], folder, at=now)
        with connection.store.transaction() as rows:
            for one in letters:
                referrals.mark_letter(rows, one.referral.referral, at=now)
    return invited


def _drawn(connection: Connection, application: Application, until: date) -> Referral:
    """Return a new referral with a link of its own."""
    return Referral(
        referral=ids.new_id("ref", secrets.token_bytes(ids.ID_BYTES)),
        application=application.key,
        token=secrets.token_urlsafe(TOKEN_BYTES),
        job_kind=application.kind,
        locale=application.locale,
        opened_at=connection.now(),
        expires_on=until,
    )


def _planned(connection: Connection, referral: Referral, application: Application) -> Planned:
    """Return a referral with its letter."""
    config = connection.config
    letter = compose(
        application,
        choose_template(application.locale, config.invitation.templates),
        config.company,
        link=f"{config.hub}/i/{referral.token}",
        expires_on=referral.expires_on,
    )
    return Planned(referral=referral, application=application, letter=letter)


def _register(connection: Connection, batch: Sequence[Planned], invited: Invited) -> None:
    """Register one batch; nothing in it tells who is invited."""
    member = Member(connection.transport, connection.attester)
    verdicts = member.invite(
        [
            Invitation(
                referral=one.referral.referral,
                token_digest=ids.link_digest(one.referral.token),
                job_kind=one.referral.job_kind,
                locale=one.referral.locale,
                expires_on=one.referral.expires_on,
            )
            for one in batch
        ]
    )
    told = {verdict.referral: verdict for verdict in verdicts}
    for one in batch:
        verdict = told.get(one.referral.referral)
        if verdict is not None and verdict.status in {"registered", "known"}:
            invited.registered.append(one.referral.referral)
        else:
            invited.refused.append(_refused(one, verdict))
    with connection.store.transaction() as rows:
        referrals.mark_invited(rows, invited.registered)


def _refused(planned: Planned, verdict: Verdict | None) -> Held:
    problem = None if verdict is None else verdict.problem
    return Held(
        application=planned.application.key,
        field="" if problem is None else problem.field,
        why=same("" if problem is None else problem.detail or problem.title),
    )
