"""What the origin adds to consented profiles: within the consent, screened, signed, posted once."""

from dataclasses import dataclass, field
from typing import Final

from career_relay.assets import applications, referrals
from career_relay.assets.referrals import Referral
from career_relay.connection import Connection
from career_relay.errors import NotDueError
from career_relay.member import BATCH_ITEMS, AddedProfile, Member
from career_relay.pseudonymize import Pseudonymized, profile_without_leaks
from career_relay.words import Words, same
from relay_protocol import profile
from relay_protocol.encoding import b64url_encode

_SCREENING: Final = Words(en="Screening profiles", ja="プロフィールを確認しています")
_POSTING: Final = Words(en="Sending profiles", ja="プロフィールを送っています")


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A field that was held back, or a profile that was refused, and why.

    Attributes:
        application: the application's key in our own store.
        field: which field; "" where it is the whole profile.
    """

    application: str
    field: str
    why: Words


@dataclass(kw_only=True)
class Additions:
    """What became of the profiles.

    Attributes:
        added: how many the hub has taken, now or before.
        withheld: fields that stayed here because they tell who somebody is.
        refused: profiles that the hub has refused.
    """

    added: int = 0
    withheld: list[Held] = field(default_factory=list)
    refused: list[Held] = field(default_factory=list)


def add_profiles(connection: Connection) -> Additions:
    """Post what we hold about the consented candidates, unless the same was posted before.

    Raises:
        HubRefusedError: the hub refuses a whole batch.
        HubUnreachableError, HubAnswerError: the hub does not answer well.
    """
    additions = Additions()
    due: list[tuple[Referral, AddedProfile]] = []
    with connection.store.reading() as rows:
        consented = list(referrals.in_states(rows, "consented"))
    for referral in connection.watch(consented, _SCREENING):
        added = _profile(connection, referral, additions)
        if added is not None:
            due.append((referral, added))
    starts = range(0, len(due), BATCH_ITEMS)
    for start in connection.watch(starts, _POSTING):
        _post(connection, due[start : start + BATCH_ITEMS], additions)
    return additions


def _profile(
    connection: Connection, referral: Referral, additions: Additions
) -> AddedProfile | None:
    """Return what is to be added for a referral; None where nothing is, or nothing new."""
    if referral.consent is None:
        return None
    made = _pseudonymized(connection, referral)
    digest = profile.digest(made.fields)
    groups = profile.groups_of(made.fields)
    if not groups or b64url_encode(digest) == referral.profile_digest:
        return None
    additions.withheld += [
        Held(application=referral.application, field=one.field, why=one.why)
        for one in made.withheld
    ]
    return AddedProfile(
        referral=referral.referral,
        consent=referral.consent.consent,
        groups=groups,
        fields=made.fields.document(),
        digest=digest,
    )


def _pseudonymized(connection: Connection, referral: Referral) -> Pseudonymized:
    """Return the profile that a referral's application makes, within its consent."""
    with connection.store.reading() as rows:
        application = applications.find(rows, referral.application)
    if application is None or referral.consent is None:
        raise NotDueError(
            Words(
                en=f"The store lost the application {referral.application}.",
                ja=f"保管庫に応募 {referral.application} がありません。",
            )
        )
    return profile_without_leaks(
        application,
        referral.consent.groups,
        today=connection.today(),
        with_evaluation=connection.config.invitation.evaluation,
    )


def _post(
    connection: Connection, batch: list[tuple[Referral, AddedProfile]], additions: Additions
) -> None:
    """Post one batch, and remember what the hub has taken."""
    member = Member(connection.transport, connection.attester)
    verdicts = {one.referral: one for one in member.add_profiles([added for _, added in batch])}
    for referral, added in batch:
        verdict = verdicts.get(referral.referral)
        if verdict is not None and verdict.status in {"added", "known"}:
            additions.added += 1
            with connection.store.transaction() as rows:
                referrals.mark_profile(
                    rows, referral.referral, b64url_encode(added.digest), at=connection.now()
                )
            continue
        problem = None if verdict is None else verdict.problem
        additions.refused.append(
            Held(
                application=referral.application,
                field="" if problem is None else problem.field,
                why=same("" if problem is None else problem.detail or problem.title),
            )
        )
