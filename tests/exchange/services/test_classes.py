"""The counters behind the list."""

from exchange.domain.listing import Published
from exchange.hub import Hub
from exchange.services import classes, profiles
from exchange.store import profiles as rows
from tests.story import referrals
from tests.story.referrals import Candidate
from tests.story.scheme import Consortium

ALIKE: Published = {"job_kind": "mid-career", "region": "east", "skills": ["Python", "SQL"]}


def enter(hub: Hub, person: Candidate, published: Published = ALIKE) -> None:
    """Count somebody."""
    with hub.work() as work:
        classes.enter(work, profiles.profile_of(work, person.actor.candidate_id), published)


def leave(hub: Hub, person: Candidate, published: Published = ALIKE) -> None:
    """Count somebody no longer."""
    with hub.work() as work:
        classes.leave(work, profiles.profile_of(work, person.actor.candidate_id), published)


def may_be_shown(hub: Hub, person: Candidate) -> bool:
    """Return whether somebody's class suffices."""
    with hub.reading() as work:
        row = profiles.profile_of(work, person.actor.candidate_id)
        return classes.may_be_shown(work, row)


def common(hub: Hub, *, of_others: bool = False) -> frozenset[str]:
    """Return which of the skills k profiles name."""
    with hub.reading() as work:
        return classes.common_skills(work, [ALIKE], of_others=of_others)


def test_a_class_may_be_shown_from_the_kth_on_until_one_leaves(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [referrals.consent(hub, member) for member in consortium.members]
    for person in people[:2]:
        enter(hub, person)
    assert not may_be_shown(hub, people[0])
    enter(hub, people[2])
    assert all(may_be_shown(hub, person) for person in people)
    leave(hub, people[1])
    assert not may_be_shown(hub, people[0])


def test_who_is_in_no_class_may_not_be_shown(consortium: Consortium) -> None:
    assert not may_be_shown(
        consortium.hub, referrals.consent(consortium.hub, consortium.members[0])
    )


def test_a_class_that_everybody_has_left_leaves_no_row(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    enter(hub, person)
    leave(hub, person)
    with hub.reading() as work:
        assert work.session.get(rows.ClassCountRow, (b"", consortium.members[0].slug)) is None
        assert work.session.query(rows.ClassCountRow).count() == 0
        assert work.session.query(rows.SkillCountRow).count() == 0


def test_asking_to_be_shown_is_not_being_shown(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [referrals.listed(hub, member, modules=()) for member in consortium.members]
    key = referrals.profile_of(hub, people[0]).class_key
    assert key is not None
    with hub.reading() as work:
        assert not classes.is_shown_with_enough(work, key)
    referrals.list_due(hub)
    with hub.reading() as work:
        assert classes.is_shown_with_enough(work, key)


def test_a_skill_is_common_from_the_kth_on_whatever_its_spelling(consortium: Consortium) -> None:
    hub = consortium.hub
    people = [referrals.consent(hub, member) for member in consortium.members]
    for person, spelling in zip(people, ("Python", "PYTHON", " python "), strict=True):
        assert common(hub) == frozenset()
        enter(hub, person, {**ALIKE, "skills": [spelling]})
    assert common(hub) == {"python"}


def test_who_is_not_counted_yet_brings_their_own_skill(consortium: Consortium) -> None:
    hub = consortium.hub
    for member in consortium.members[:2]:
        enter(hub, referrals.consent(hub, member))
    assert common(hub) == frozenset()
    assert common(hub, of_others=True) == {"python", "sql"}


def test_a_skill_counts_once_for_each_person(consortium: Consortium) -> None:
    hub = consortium.hub
    person = referrals.consent(hub, consortium.members[0])
    enter(hub, person, {**ALIKE, "skills": ["Python", "python", "PYTHON"]})
    assert common(hub) == frozenset()


def test_counted_skills_cannot_be_read_without_the_hubs_key(consortium: Consortium) -> None:
    hub = consortium.hub
    enter(hub, referrals.consent(hub, consortium.members[0]))
    with hub.reading() as work:
        keys = [row.skill_key for row in work.session.query(rows.SkillCountRow)]
    assert len(keys) == 2
    assert all(len(key) == 32 for key in keys)


def test_rare_skills_are_left_out_and_an_empty_list_with_them() -> None:
    assert classes.without_rare(ALIKE, frozenset({"sql"}))["skills"] == ["SQL"]
    assert classes.without_rare(ALIKE, frozenset()) == {"job_kind": "mid-career", "region": "east"}
    assert classes.skills_of({"job_kind": "mid-career"}) == []
