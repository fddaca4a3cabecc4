"""Who plays in the demo: one auditor, three members, two agencies; all made up."""

from dataclasses import dataclass

from tests.story.scheme import corporate_number


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """An organization of the demo, as its public key file tells it."""

    slug: str
    role: str
    name: str
    name_en: str
    number: str
    licence: str = ""
    seed: int = 0

    @property
    def contact(self) -> str:
        """Where its people are reached."""
        return f"saiyo@{self.slug}.example.jp"


AUDITOR = Player(
    slug="kansa",
    role="auditor",
    name="みなと監査法人",
    name_en="Minato Audit",
    number=corporate_number(2),
)
MEMBERS = (
    Player(
        slug="mirai",
        role="member",
        name="株式会社みらい製作所",
        name_en="Mirai Works",
        number=corporate_number(3),
        seed=11,
    ),
    Player(
        slug="aozora",
        role="member",
        name="あおぞらソフト株式会社",
        name_en="Aozora Software",
        number=corporate_number(4),
        seed=12,
    ),
    Player(
        slug="kaname",
        role="member",
        name="株式会社かなめ商事",
        name_en="Kaname Trading",
        number=corporate_number(5),
        seed=13,
    ),
)
AGENCIES = (
    Player(
        slug="sakura",
        role="agency",
        name="さくらキャリア",
        name_en="Sakura Career",
        number=corporate_number(6),
        licence="13-ユ-000001",
    ),
    Player(
        slug="hayabusa",
        role="agency",
        name="はやぶさ人材",
        name_en="Hayabusa Staffing",
        number=corporate_number(7),
        licence="27-ユ-000002",
    ),
)
EVERYONE = (AUDITOR, *MEMBERS, *AGENCIES)
