"""Listing: shown with enough others who look alike, by the candidate's exception, or held.

Every change takes the one lock of listing first, keeps the counters of classes in the same
transaction, and hides the rest of a class that it breaks.
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from exchange.domain import listing as rules
from exchange.domain.errors import BadInputError, StepRefusedError
from exchange.domain.listing import Published
from exchange.domain.organizations import Actor
from exchange.domain.vacancies import skill_key
from exchange.services import (
    candidate_links,
    classes,
    ledger,
    permissions,
    profiles,
    sealing,
    tellings,
)
from exchange.services.ledger import Fact
from exchange.services.permissions import Permission
from exchange.services.work import Work
from exchange.store import candidates as candidate_rows
from exchange.store import claims as claim_rows
from exchange.store import profiles as rows
from exchange.store.candidates import CandidateRow
from exchange.store.profiles import ProfileRow
from exchange.vault import person_keys
from relay_protocol.canonical import Encodable
from relay_protocol.encoding import b64url_encode

COUNTED: Final = ("held", "listed", "claimed")
"""States in which a profile counts for its class, unless it is shown by an exception."""
ON_SHOW: Final = ("listed", "claimed")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One listed profile as every agency that may see it sees it."""

    profile_id: str
    candidate_id: str
    published: Published
    listed_at: datetime


def ask(work: Work, actor: Actor, seen: bytes) -> ProfileRow:
    """Ask to be listed, as the candidate has just seen it; the new state stands in the row.

    A correction of a profile that is shown takes its place at once, if enough look alike.

    Args:
        seen: digest of the preview that the candidate agrees to.

    Raises:
        ConsentMissingError: the consent was withdrawn or has run out.
        StepRefusedError: the profile is not as it was seen any more, or was placed.
        BadInputError: nothing in it would be shown.
    """
    candidate_links.locked(work, actor)
    rows.lock_listing(work.session)
    row = _fresh(work, actor.candidate_id)
    permission = permissions.require(work, row.referral_id)
    preview = profiles.preview(work, row, permission)
    if not hmac.compare_digest(preview.digest, seen):
        raise StepRefusedError(
            "The profile has changed since you saw it. Look at it again.",
            detail_ja="ご覧になったあとで内容が変わりました。もう一度お確かめください。",
        )
    if not rules.shown_groups(preview.published):
        raise BadInputError(
            "Nothing would be shown yet. Fill in at least one field.",
            field="form",
            detail_ja="見せる内容がまだありません。一つ以上ご記入ください。",
        )
    if row.state == "placed":
        raise StepRefusedError(
            "A start of work is on record; the profile is not shown again.",
            detail_ja="入社が記録されているため、公開はできません。",
        )
    _replace(work, row, preview.published, permission)
    return row


def narrow(work: Work, row: ProfileRow, permission: Permission) -> None:
    """Make a changed consent hold at once for what is shown, or waits to be shown.

    The caller holds the candidate's lock.
    """
    rows.lock_listing(work.session)
    work.session.refresh(row)
    if row.state not in COUNTED:
        return
    before = listed_of(work, row)
    after = rules.narrowed(before, permission.groups)
    if rules.shown_groups(after):
        _replace(work, row, after, permission)
    else:
        _leave(work, row, "corrected", "draft")


def list_due(work: Work) -> int:
    """Show every held profile that may be shown by now; return how many there were.

    Meant for once a day. Who has waited too long in vain goes back to the draft.
    """
    rows.lock_listing(work.session)
    listed = 0
    for row in rows.in_state(work.session, "held"):
        permission = permissions.standing(work, row.referral_id)
        if permission is None:
            continue
        enough = classes.may_be_shown(work, row)
        if enough or "exception" in permission.modules:
            _show(work, row, by_exception=not enough)
            listed += 1
        elif row.asked_at is not None and row.asked_at + rules.HELD_FOR <= work.now:
            _leave(work, row, "expired", "draft")
    return listed


def leave(work: Work, row: ProfileRow, reason: str, state: str = "unlisted") -> None:
    """Take a profile off the list, or off the waiting, at once.

    Args:
        reason: one of the reasons for unlisting, attested where the profile was shown.
        state: where the profile stands afterwards.
    """
    rows.lock_listing(work.session)
    work.session.refresh(row)
    _leave(work, row, reason, state)


def claimed(work: Work, row: ProfileRow) -> None:
    """Keep a listed profile from other agencies while a claim on it is live.

    Raises:
        StepRefusedError: the profile is not listed.
    """
    rows.lock_listing(work.session)
    work.session.refresh(row)
    if row.state != "listed":
        raise StepRefusedError(
            "This profile is not listed any more.",
            detail_ja="このプロフィールは、いまは公開されていません。",
        )
    row.state = "claimed"
    work.session.flush()


def freed(work: Work, row: ProfileRow) -> None:
    """Show a profile again whose claim has ended, or hold it if its class broke meanwhile."""
    rows.lock_listing(work.session)
    work.session.refresh(row)
    if row.state != "claimed":
        return
    row.state = "listed"
    work.session.flush()
    if not row.by_exception:
        _hide_broken(work, row.class_key)


def placed(work: Work, row: ProfileRow) -> None:
    """Take the profile of a person who has started a job off the list."""
    leave(work, row, "placed", "placed")


def shown(work: Work, listed: Sequence[ProfileRow]) -> list[Shown]:
    """Return listed profiles as agencies see them; skills that fewer than k name are left out."""
    people = candidate_rows.by_ids(work.session, [row.candidate_id for row in listed])
    opened = [(row, _opened(work, row, people)) for row in listed if row.state in ON_SHOW]
    common = classes.common_skills(work, (published for _, published in opened))
    return [
        Shown(
            profile_id=row.id,
            candidate_id=row.candidate_id,
            published=classes.without_rare(published, common),
            listed_at=row.listed_at or row.changed_at,
        )
        for row, published in opened
    ]


def listed_of(work: Work, row: ProfileRow) -> Mapping[str, Encodable]:
    """Return what a profile shows, or waits to show; nothing before it was asked for."""
    key = sealing.key_of(work, row.candidate_id)
    return sealing.opened(key, sealing.LISTED, row.sealed_listed)


def rare_skills(work: Work, row: ProfileRow, published: Published) -> tuple[str, ...]:
    """Return the skills of a profile that are not shown, because fewer than k name them."""
    counted = row.state in COUNTED and not row.by_exception
    common = classes.common_skills(work, [published], of_others=not counted)
    return tuple(skill for skill in classes.skills_of(published) if skill_key(skill) not in common)


def is_waiting_for_batch(work: Work, row: ProfileRow) -> bool:
    """Return whether a held profile has enough like it, and only waits for the daily listing."""
    return row.state == "held" and classes.may_be_shown(work, row)


def _replace(work: Work, row: ProfileRow, published: Published, permission: Permission) -> None:
    """Put what is shown, or waits to be, in the place of what was before."""
    state, allows_exception = row.state, "exception" in permission.modules
    if _is_settled(row, permission) and published == listed_of(work, row):
        return
    before = _depart(work, row, "corrected", "draft")
    key = sealing.key_of(work, row.candidate_id)
    row.sealed_listed = sealing.sealed(key, sealing.LISTED, published)
    classes.enter(work, row, published)
    row.state = "held"
    row.asked_at = work.now
    work.session.flush()
    if state in ON_SHOW:
        joins = _joins_shown(work, row)
        if joins or allows_exception or state == "claimed":
            _show(work, row, by_exception=allows_exception and not joins)
            row.state = state
        if state == "claimed":
            _tell_of_correction(work, row)
    elif allows_exception and not classes.may_be_shown(work, row):
        _show(work, row, by_exception=True)
    work.session.flush()
    _hide_broken(work, before)


def _tell_of_correction(work: Work, row: ProfileRow) -> None:
    """Tell the agency that asks for a profile that it is another now."""
    claim = claim_rows.live_claim(work.session, row.id)
    if claim is not None:
        tellings.tell(work, claim.agency, tellings.CORRECTED, claim.id)


def _is_settled(row: ProfileRow, permission: Permission) -> bool:
    """Return whether a profile stands as it may: only other contents would change that."""
    allows_exception = "exception" in permission.modules
    if row.state in ON_SHOW:
        return allows_exception or not row.by_exception
    return row.state == "held" and not allows_exception


def _joins_shown(work: Work, row: ProfileRow) -> bool:
    """Return whether a held profile, if it were shown now, would stand among enough others."""
    row.state = "listed"
    work.session.flush()
    joins = row.class_key is not None and classes.is_shown_with_enough(work, row.class_key)
    row.state = "held"
    work.session.flush()
    return joins


def _show(work: Work, row: ProfileRow, *, by_exception: bool) -> None:
    """Show a held profile and attest it; one shown by exception counts for nobody's class."""
    published = listed_of(work, row)
    if by_exception:
        classes.leave(work, row, published)
    row.by_exception = by_exception
    row.state = "listed"
    row.listed_at = work.now
    fact = Fact(
        kind="profile.listed",
        refs={"referral": row.referral_id},
        body={
            "digest": b64url_encode(rules.digest(published)),
            "level": rules.LEVEL,
            "exception": by_exception,
        },
    )
    ledger.attest_as_hub(work, fact, candidate_id=row.candidate_id)
    work.session.flush()


def _leave(work: Work, row: ProfileRow, reason: str, state: str) -> None:
    """Take a profile out of its class, and hide the rest of a class that this breaks."""
    _hide_broken(work, _depart(work, row, reason, state))


def _depart(work: Work, row: ProfileRow, reason: str, state: str) -> bytes | None:
    """Take a profile out of its class; return the class that this may have broken, or None."""
    on_show, class_key = row.state in ON_SHOW, row.class_key
    counted = row.state in COUNTED and not row.by_exception
    if counted:
        classes.leave(work, row, listed_of(work, row))
    row.state = state
    row.by_exception = False
    row.sealed_listed = row.class_key = row.asked_at = row.listed_at = None
    work.session.flush()
    if on_show:
        _attest_unlisted(work, row, reason)
    return class_key if on_show and counted else None


def _hide_broken(work: Work, class_key: bytes | None) -> None:
    """Hold every listed profile of a class that has become too small, exceptions apart."""
    if class_key is None or classes.is_shown_with_enough(work, class_key):
        return
    for row in rows.in_class(work.session, class_key, "listed"):
        if not row.by_exception:
            _hold_again(work, row)


def _hold_again(work: Work, row: ProfileRow) -> None:
    """Hide a profile until enough others look like it again."""
    row.state = "held"
    row.asked_at = work.now
    row.listed_at = None
    work.session.flush()
    _attest_unlisted(work, row, "class-broken")


def _attest_unlisted(work: Work, row: ProfileRow, reason: str) -> None:
    """Attest that a profile is not shown any more, and why."""
    fact = Fact(
        kind="profile.unlisted", refs={"referral": row.referral_id}, body={"reason": reason}
    )
    ledger.attest_as_hub(work, fact, candidate_id=row.candidate_id)


def _fresh(work: Work, candidate_id: str) -> ProfileRow:
    """Return a candidate's profile as it stands now that the lock is held."""
    row = profiles.profile_of(work, candidate_id)
    work.session.refresh(row)
    return row


def _opened(
    work: Work, row: ProfileRow, people: Mapping[str, CandidateRow]
) -> Mapping[str, Encodable]:
    """Return what a profile shows, its candidate's row at hand."""
    wrapped = people[row.candidate_id].wrapped_key
    key = person_keys.unwrap(work.keyring, row.candidate_id, wrapped)
    return sealing.opened(key, sealing.LISTED, row.sealed_listed)
