"""A first look without hub or keys: what a file holds, who is eligible, and what would leave."""

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256

from career_relay.application import Application
from career_relay.config import Company
from career_relay.eligible import RECENT_DAYS, Judgement, judge
from career_relay.imports.verdicts import Reading
from career_relay.letters.letter import Letter, compose
from career_relay.letters.templates import choose_template
from career_relay.pseudonymize import Withheld, known_names, profile_without_leaks
from career_relay.report.funnel import Funnel, build_funnel
from career_relay.words import Language, Words
from relay_protocol import canonical, codes, ids, profile
from relay_protocol.attestation import Attestation
from relay_protocol.encoding import b64url_encode

VALID_DAYS = 60
_TOKEN_BYTES = 32
_HUB = "https://relay.example.jp"
_LOG = "relay.example.jp/ledger"
_SLUG = "your-company"
_NOBODY = Company(
    name="貴社名",
    name_en="Your Company",
    contact="saiyo@example.jp",
    sender="saiyo@example.jp",
)
# A trial shows what a consent to everything lets out; our ratings stay here unless we say so.
_GROUPS = tuple(group for group in codes.GROUPS if group != "evaluation")

Json = Mapping[str, canonical.Value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One body that would be posted to the hub, to the byte, but for the signature around it.

    `when` has a place for the `count` of bytes.
    """

    when: Words
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """One mark of the person, and how often it stands in everything that would be posted."""

    what: Words
    value: str
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldBack:
    """One field of one eligible person that would not leave."""

    application: Application
    withheld: Withheld


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """One eligible person: the letter, everything that would be posted, and what is not in it."""

    application: Application
    letter: Letter
    sent: tuple[Sent, ...]
    searched: tuple[Searched, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What a trial shows; the example is None where nobody is eligible."""

    reading: Reading
    today: date
    judgements: tuple[Judgement, ...]
    held_back: tuple[HeldBack, ...]
    example: Example | None
    funnel: Funnel

    @property
    def eligible(self) -> tuple[Application, ...]:
        """The applications whose people may be invited."""
        return tuple(one.application for one in self.judgements if one.eligible)


def try_reading(
    reading: Reading,
    *,
    today: date,
    language: Language,
    draw: Callable[[int], bytes],
    watch: Callable[[Sequence[Application]], Iterable[Application]] = iter,
    recent_days: int = RECENT_DAYS,
) -> Trial:
    """Return everything a newcomer wants to see of one file.

    Args:
        reading: the file, read.
        today: the day in Japan on which is asked.
        language: of the example letter.
        draw: gives so many random bytes.
        watch: passes the eligible through, to show how far it is.
        recent_days: how long ago a decision may lie.
    """
    judgements = judge(reading.applications, today=today, recent_days=recent_days)
    held_back: list[HeldBack] = []
    best: tuple[tuple[bool, int], Application, profile.Fields] | None = None
    for application in watch([one.application for one in judgements if one.eligible]):
        made = profile_without_leaks(application, _GROUPS, today=today)
        held_back.extend(
            HeldBack(application=application, withheld=withheld) for withheld in made.withheld
        )
        # The example is the person of whom most could leave, mid-career where there is one.
        richness = (application.kind == "mid-career", len(made.fields.document()))
        if not made.withheld and (best is None or richness > best[0]):
            best = (richness, application, made.fields)
    example = None if best is None else _example(best[1], best[2], today, language, draw)
    return Trial(
        reading=reading,
        today=today,
        judgements=tuple(judgements),
        held_back=tuple(held_back),
        example=example,
        funnel=build_funnel(reading.applications),
    )


def _example(
    application: Application,
    fields: profile.Fields,
    today: date,
    language: Language,
    draw: Callable[[int], bytes],
) -> Example:
    token = b64url_encode(draw(_TOKEN_BYTES))
    referral = ids.new_id("ref", draw(ids.ID_BYTES))
    consent = ids.new_id("con", draw(ids.ID_BYTES))
    expires_on = today + timedelta(days=VALID_DAYS)

    def attested(kind: str, refs: dict[str, str], body: Json) -> canonical.Value:
        at = datetime.combine(today, time(9), UTC)
        made = Attestation(
            log=_LOG,
            id=ids.attestation_id_at(at, draw(ids.DRAWN_BYTES)),
            kind=kind,
            at=at,
            by=_SLUG,
            refs=refs,
            body=body,
        )
        return canonical.decode(made.encode())

    invitation = {
        "referral": referral,
        "token_digest": b64url_encode(sha256(token.encode()).digest()),
        "job_kind": application.kind,
        "locale": application.locale,
        "expires_on": expires_on.isoformat(),
        "attestation": attested(
            "referral.invited", {"referral": referral}, {"job_kind": application.kind}
        ),
    }
    added: Json = {
        "groups": list(profile.groups_of(fields)),
        "digest": b64url_encode(profile.digest(fields)),
    }
    posted = {
        "referral": referral,
        "consent": consent,
        "fields": fields.document(),
        "attestation": attested("profile.added", {"referral": referral, "consent": consent}, added),
    }
    sent = (
        Sent(when=_BEFORE_CONSENT, body=canonical.encode(invitation)),
        Sent(when=_AFTER_CONSENT, body=canonical.encode(posted)),
    )
    letter = compose(
        application,
        choose_template(language, None),
        _NOBODY,
        link=f"{_HUB}/i/{token}",
        expires_on=expires_on,
        language=language,
    )
    return Example(
        application=application,
        letter=letter,
        sent=sent,
        searched=tuple(_search(application, sent)),
    )


def _search(application: Application, sent: Sequence[Sent]) -> Iterable[Searched]:
    """Yield how often each mark of a person stands in the bodies, written any usual way."""
    haystack = _plain("\n".join(one.body.decode() for one in sent))
    person = application.person
    marks = [
        (Words(en="name or employer", ja="氏名・勤務先"), name) for name in known_names(person)
    ]
    marks.extend(
        [
            (Words(en="e-mail address", ja="メールアドレス"), person.email),
            (Words(en="telephone number", ja="電話番号"), person.phone),
            (
                Words(en="date of birth", ja="生年月日"),
                person.born_on.isoformat() if person.born_on else "",
            ),
            (Words(en="our own id", ja="応募ID"), application.key.partition(":")[2]),
            (Words(en="reason of the decision", ja="選考理由"), application.selection.reason),
            (Words(en="remarks", ja="備考"), application.selection.comment),
        ]
    )
    for what, value in marks:
        if value:
            yield Searched(what=what, value=value, found=haystack.count(_plain(value)))


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


_BEFORE_CONSENT = Words(
    en="Before any consent: the invitation (POST /v1/member/invitations, {count} bytes)",
    ja="同意の前: ご案内の登録(POST /v1/member/invitations、{count}バイト)",
)
_AFTER_CONSENT = Words(
    en="After consent to every group: the profile (POST /v1/member/profiles, {count} bytes)",
    ja="すべての項目への同意の後: プロフィール(POST /v1/member/profiles、{count}バイト)",
)
