"""Profiles in the making: the candidate's form, what the origin adds, and how both will look."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from exchange.domain import listing
from exchange.domain.drafts import FORM_FIELDS, Draft
from exchange.domain.errors import (
    AlreadyKnownError,
    BadInputError,
    BeyondConsentError,
    ConsentMissingError,
    ExchangeError,
    NotFoundError,
)
from exchange.domain.listing import Published
from exchange.domain.organizations import Actor
from exchange.domain.screening import require_no_identity
from exchange.domain.verdicts import Verdict
from exchange.services import candidate_links, ledger, permissions, sealing
from exchange.services.ledger import Act, Fact, Intake
from exchange.services.permissions import Permission
from exchange.services.work import Work
from exchange.store import candidates as candidate_rows
from exchange.store import organizations as organization_rows
from exchange.store import profiles as rows
from exchange.store import referrals as referral_rows
from exchange.store.profiles import ProfileRow
from exchange.store.referrals import ReferralRow
from exchange.vault.person_keys import PersonKey
from relay_protocol import profile
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import ProfileError
from relay_protocol.profile import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What an origin adds to one profile.

    Attributes:
        fields: as they were sent; they are checked one profile at a time.
        attestation: compact JWS of `profile.added`.
    """

    referral: str
    consent: str
    fields: Mapping[str, object]
    attestation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A profile as agencies will see it once the candidate lists it.

    Attributes:
        published: what will be shown.
        from_origin: the names among it that stand in the origin's words.
        digest: by which the candidate's "yes" tells what was seen.
    """

    published: Published
    from_origin: frozenset[str]
    digest: bytes


def profile_of(work: Work, candidate_id: str) -> ProfileRow:
    """Return a candidate's profile.

    Raises:
        NotFoundError: there is none.
    """
    row = rows.of_candidate(work.session, candidate_id)
    if row is None:
        raise NotFoundError("There is no profile.", detail_ja="プロフィールはありません。")
    return row


def draft_of(row: ProfileRow, key: PersonKey) -> Draft:
    """Return a profile in the making, opened under its candidate's key."""
    form = sealing.opened(key, sealing.FORM, row.sealed_form)
    own, left_out = form.get("fields", {}), form.get("left_out", [])
    added = sealing.opened(key, sealing.ADDED, row.sealed_added)
    return Draft(
        own=profile.check_fields(own if isinstance(own, dict) else {}),
        added=profile.check_fields(added),
        left_out=frozenset(map(str, left_out if isinstance(left_out, list) else ())),
    )


def preview(work: Work, row: ProfileRow, permission: Permission) -> Preview:
    """Return a profile as agencies will see it, within what its candidate allows."""
    draft = draft_of(row, sealing.key_of(work, row.candidate_id))
    published = listing.visible(draft.merged(), permission.groups, row.job_kind)
    theirs = draft.from_origin()
    return Preview(
        published=published,
        from_origin=frozenset(
            name for name in published if listing.FIELD_OF.get(name, name) in theirs
        ),
        digest=listing.digest(published),
    )


def save_form(
    work: Work, actor: Actor, written: Mapping[str, object], kept: Collection[str] = ()
) -> None:
    """Keep what a candidate wrote in the form; nothing of it is shown before they list it.

    Args:
        written: every field that was filled in.
        kept: the fields that only the origin can say, as far as they shall be shown.

    Raises:
        BadInputError: a field is not as it must be.
        BeyondConsentError: a field belongs to a group that the candidate did not consent to.
        IdentityInProfileError: a text seems to tell who the candidate is.
        ConsentMissingError: the consent was withdrawn or has run out.
    """
    candidate_links.locked(work, actor)
    row = profile_of(work, actor.candidate_id)
    permission = permissions.require(work, row.referral_id)
    fields = _checked(written, "")
    for name in fields.document():
        if name not in FORM_FIELDS:
            raise BadInputError(
                "Only the company that introduced you can say this.",
                field=name,
                detail_ja="この項目は、紹介元企業だけが記入できます。",
            )
    _require_within(fields, permission, "")
    require_no_identity(fields)
    key = sealing.key_of(work, actor.candidate_id)
    draft = draft_of(row, key).corrected(fields.document(), kept, permission.groups)
    row.sealed_form = sealing.sealed(
        key,
        sealing.FORM,
        {"fields": draft.own.document(), "left_out": sorted(draft.left_out)},
    )
    row.changed_at = work.now
    work.session.flush()


def add(work: Work, actor: Actor, additions: Sequence[Addition]) -> list[Verdict]:
    """Take what an origin adds to profiles, each by itself, and return a verdict for each.

    What is there already is answered as known, and nothing is written again. Nothing of it is
    shown before the candidate has seen and listed it.
    """
    organization_rows.lock(work.session, actor.slug)
    own = {addition.referral: _own(work, actor, addition.referral) for addition in additions}
    # Candidates first, then profiles, each in the order of their ids, as everybody goes who
    # writes several: so that nobody waits for somebody who waits for them.
    people = sorted({row.candidate_id for row in own.values() if row and row.candidate_id})
    candidate_rows.lock_all(work.session, people)
    profiles = rows.of_referrals(work.session, [name for name, row in own.items() if row])
    profile_ids = {referral: row.id for referral, row in profiles.items()}
    verdicts: dict[int, Verdict] = {}
    texts = [addition.attestation for addition in additions]
    with (
        ledger.together(work, texts) as intake,
        candidate_rows.at_hand(work.session, people),
    ):
        for place, addition in sorted(
            enumerate(additions), key=lambda one: (profile_ids.get(one[1].referral, ""), one[0])
        ):
            try:
                known = _add_one(work, intake, actor, addition, own[addition.referral])
            except ExchangeError as problem:
                verdict = Verdict(referral=addition.referral, status="refused", problem=problem)
            else:
                verdict = Verdict(referral=addition.referral, status="known" if known else "added")
            verdicts[place] = verdict
    return [verdicts[place] for place in range(len(additions))]


def forget_beyond(work: Work, row: ProfileRow, groups: Collection[str]) -> None:
    """Drop what the origin added beyond the groups that are still consented to."""
    key = sealing.key_of(work, row.candidate_id)
    added = profile.within(draft_of(row, key).added, groups)
    kept = added.document()
    row.sealed_added = sealing.sealed(key, sealing.ADDED, kept) if kept else None
    work.session.flush()


def _own(work: Work, actor: Actor, referral_id: str) -> ReferralRow | None:
    """Return an origin's own referral, or None: another's and an absent one look alike."""
    row = referral_rows.referral(work.session, referral_id)
    return row if row is not None and row.origin == actor.slug else None


def _add_one(
    work: Work, intake: Intake, actor: Actor, addition: Addition, referral: ReferralRow | None
) -> bool:
    """Take what an origin adds to one profile; return whether it was there already."""
    if referral is None:
        raise NotFoundError(
            "There is no such referral.", field="referral", detail_ja="この紹介番号はありません。"
        )
    permission = permissions.require(work, referral.id)
    if addition.consent != permission.consent_id:
        raise ConsentMissingError(
            "Another consent stands by now.",
            field="consent",
            mend="Run `relay sync` and sign for the consent that stands.",
            detail_ja="同意の内容が変わっています。",
            mend_ja="`relay sync` で、いま有効な同意について署名してください。",
        )
    fields = _checked(addition.fields, "fields/")
    if not addition.fields:
        raise BadInputError(
            "There is no field at all.", field="fields", detail_ja="項目が一つもありません。"
        )
    _require_within(fields, permission, "fields/")
    require_no_identity(fields, within="fields/")
    row = profile_of(work, permission.candidate_id)
    key = sealing.key_of(work, permission.candidate_id)
    if draft_of(row, key).added == fields:
        return True
    _attest_addition(intake, actor, addition, fields, permission.candidate_id)
    row.sealed_added = sealing.sealed(key, sealing.ADDED, fields.document())
    row.changed_at = work.now
    work.session.flush()
    return False


def _attest_addition(
    intake: Intake, actor: Actor, addition: Addition, fields: Fields, candidate_id: str
) -> None:
    """Record that the origin states these fields; its attestation must be about them alone."""
    fact = Fact(
        kind="profile.added",
        refs={"referral": addition.referral, "consent": addition.consent},
        body={
            "groups": list(profile.groups_of(fields)),
            "digest": b64url_encode(profile.digest(fields)),
        },
    )
    act = Act(
        signed=intake.read(addition.attestation),
        fact=fact,
        orgs=(actor.slug,),
        candidate_id=candidate_id,
    )
    if intake.take(act).known:
        raise AlreadyKnownError(
            "This attestation was taken for something that was added earlier.",
            field="attestation",
            mend="Sign a new attestation for what is added now.",
        )


def _checked(written: Mapping[str, object], within: str) -> Fields:
    """Return the fields of what was sent, or name the one that is not as it must be."""
    try:
        return profile.check_fields(written)
    except ProfileError as error:
        raise BadInputError(
            profile.refusal_text(error, "en"),
            field=f"{within}{error.field}",
            detail_ja=profile.refusal_text(error, "ja"),
        ) from error


def _require_within(fields: Fields, permission: Permission, within: str) -> None:
    """Refuse a field of a group that the candidate did not consent to."""
    for name in fields.document():
        group = profile.GROUP_OF_FIELD[name]
        if group not in permission.groups:
            raise BeyondConsentError(
                f'"{name}" belongs to the group {group}, which the candidate did not consent to.',
                field=f"{within}{name}",
                mend="Post only the groups of the consent.",
                detail_ja=f"「{name}」は、ご本人が同意していない項目です。",
                mend_ja="同意された項目だけを送ってください。",
            )
