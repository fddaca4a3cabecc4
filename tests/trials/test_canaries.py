"""Nothing of who somebody is ever reaches the hub, whatever is done; and what was theirs goes."""

import base64
import csv
import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from career_relay.clock import day_in_japan
from exchange.services import candidate_links
from exchange.store import subjects
from exchange.store.claims import ClaimRow
from tests.story import canaries, clients, relays, remains
from tests.story.canaries import OWN_WORDS, Canary
from tests.story.candidate import Candidate, path_of
from tests.story.clients import Client
from tests.story.stage import DemoError

if TYPE_CHECKING:
    from tests.trials.conftest import Scene

PLANTED = 500
INVITED = 4
LONG_ENOUGH = 24
"""Bytes; a shorter value may be somebody else's too."""
FLOCK = [Canary(number=number) for number in range(1, PLANTED + 1)]
TEXTS = (*canaries.SHARED, *(form for canary in FLOCK[:INVITED] for form in canary.digits))


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """A relay that was walked to its end by people who are canaries.

    Attributes:
        placed: the one whose name was released to the agency.
        opened: what the agency read in the envelope.
    """

    scene: "Scene"
    member: Client
    placed: Candidate
    opened: Mapping[str, object]
    began: float

    def everything(self) -> Mapping[str, bytes]:
        """Return all that the hub has left on its machine."""
        return remains.of_hub(self.scene.hub, self.scene.folder, since=self.began)

    def found(self) -> dict[str, set[str]]:
        """Return the canaries that stand anywhere at the hub: by place, which texts."""
        searched = {
            place: canaries.hits(content, TEXTS) for place, content in self.everything().items()
        }
        return {place: texts for place, texts in searched.items() if texts}


@pytest.fixture
def walk(scene: "Scene") -> Iterator[Walk]:
    """Walk from the import to the hire, every step as its party does it, the hub being served."""
    began = time.time()
    hub, agency = scene.hub, scene.consortium.agencies[0]
    origin, hirer, _ = scene.consortium.members
    member = clients.client_of(hub, None, origin, scene.folder / "mirai")
    recruiter = clients.client_of(hub, None, agency, scene.folder / "sakura")
    with scene.machine.serving():
        people = [consenting(scene, link) for link in invite(scene, member)]
        hub.sequence()
        member.json("sync")
        for person in people:
            fill_in(person)
        made = relays.claim(hub, agency)
        placed = next(person for person in people if made.id in person.requests())
        placed.approve(made.id)
        hub.sequence()
        member.json("sync")
        hub.sequence()
        opened = open_envelope(recruiter)
        with hub.reading() as work:
            claim = work.session.get_one(ClaimRow, made.id)
        introduced = relays.introduce(hub, agency, claim, hirer.number)
        relays.confirm(hub, hirer, relays.start(hub, agency, introduced))
        hub.sequence()
        yield Walk(scene=scene, member=member, placed=placed, opened=opened, began=began)


def invite(scene: "Scene", member: Client) -> list[str]:
    """Import the canaries, invite the first of them, and return the links of their letters."""
    ended = day_in_japan(scene.hub.clock.now()) - timedelta(days=10)
    export = member.folder / "export.csv"
    export.write_bytes(canaries.spreadsheet(FLOCK, ended))
    member.json("import", str(export))
    member.json("invite", "--yes", "--limit", str(INVITED))
    (links,) = member.config.letters.glob("*/links.csv")
    letters = csv.DictReader(io.StringIO(links.read_text(encoding="utf-8-sig")))
    return [letter["リンク"] for letter in letters]


def consenting(scene: "Scene", link: str) -> Candidate:
    """Let the reader of a letter consent, and name the company that must not find out."""
    person = Candidate(http=scene.http, invitation=path_of(link), member="mirai", number=0)
    person.open()
    person.consent(modules=("exception", "outcome"), companies=FLOCK[0].employer)
    return person


def fill_in(person: Candidate) -> None:
    """Let somebody tell too much, be refused, and then list what agencies may see."""
    with pytest.raises(DemoError, match="422"):
        person.fill_in(summary=f"連絡は {FLOCK[0].email} か {FLOCK[0].phone} までお願いします。")
    person.fill_in(
        occupation="software",
        prefecture="13",
        experience_years="8",
        age_band="30-34",
        desired_salary_man="650",
        skills="Python\nPostgreSQL",
        language_0="en",
        level_0="B2",
        summary=OWN_WORDS,
    )
    person.list_it()


def open_envelope(recruiter: Client) -> Mapping[str, object]:
    """Let the agency open the one envelope that it got, on its own machine."""
    (sent,) = envelopes_in(recruiter.json("envelope", "list"))
    said = recruiter.json("envelope", "open", str(sent["id"]), "--confirm-provenance")
    identity = said["identity"]
    assert isinstance(identity, dict)
    return identity


def envelopes_in(document: Mapping[str, object]) -> list[Mapping[str, object]]:
    """Return the envelopes of a command's answer."""
    items = document["envelopes"]
    assert isinstance(items, list)
    return items


@pytest.mark.parametrize("coding", ["utf-8", "utf-16-le", "cp932"])
def test_the_search_finds_a_canary_in_every_form(coding: str) -> None:
    for text in TEXTS:
        raw = text.encode(coding)
        assert canaries.hits(b"before" + raw + b"after", [text])
        assert canaries.hits(raw.hex().encode(), [text])
        for before in range(3):
            planted = base64.b64encode(b"xyz"[:before] + raw + b"after")
            assert canaries.hits(planted, [text]), before


def test_no_canary_is_found_after_a_whole_relay_and_nothing_of_the_person_after_their_erasure(
    walk: Walk,
) -> None:
    hub = walk.scene.hub
    assert walk.opened["name"] in {canary.name for canary in FLOCK[:INVITED]}
    assert {canaries.FAMILY, canaries.FAMILY_KANA, canaries.FAMILY_ROMAJI} <= canaries.hits(
        walk.member.config.store.read_bytes(), TEXTS
    )

    places = walk.everything()
    assert {"candidates", "envelopes", "attestations"} <= set(places)
    assert b"answered" in places[str(walk.scene.machine.log)]
    assert walk.found() == {}

    sealed = sealed_for(walk)
    assert any(one in place for one in sealed for place in remains.rows(hub).values())
    walk.placed.erase()
    kept = {**remains.rows(hub)}
    if hub.engine.dialect.name == "sqlite":
        kept |= remains.database_files(hub)
    assert {place for place, held in kept.items() if any(one in held for one in sealed)} == set()
    assert {place for place, held in kept.items() if canaries.hits(held, [OWN_WORDS])} == set()
    assert walk.found() == {}
    walk.scene.audit()


def sealed_for(walk: Walk) -> set[bytes]:
    """Return every sealed value about the one who was placed, their wrapped key among them."""
    hub = walk.scene.hub
    with hub.reading() as work:
        actor = candidate_links.candidate_of(work, walk.placed.own.removeprefix("/c/"))
        held = subjects.held_about(work.session, actor.candidate_id)
    return {
        value.value
        for rows in held.values()
        for row in rows
        for value in row
        if isinstance(value.value, bytes) and len(value.value) >= LONG_ENOUGH
    }
