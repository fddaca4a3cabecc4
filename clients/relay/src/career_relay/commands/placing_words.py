"""How an agency reads the states and criteria of claims, introductions and hires."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from career_relay.words import Language, Words, same

STANDINGS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "free": Words(en="free", ja="打診できます"),
        "taken": Words(en="another agency asks", ja="他社が打診中"),
        "yours": Words(en="yours", ja="自社が打診中"),
    }
)
CLAIMS: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "open": Words(en="waits for the candidate", ja="承諾待ち"),
        "approved": Words(en="waits for the contact", ja="連絡先待ち"),
        "declined": Words(en="declined by the candidate", ja="見送り"),
        "expired": Words(en="no answer in time", ja="期限切れ"),
        "released": Words(en="contact received", ja="連絡先の開示済み"),
        "ended": Words(en="ended", ja="終了"),
    }
)
CRITERIA: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "required": Words(en="required", ja="必須"),
        "welcome": Words(en="welcome", ja="歓迎"),
        "occupation": Words(en="occupation", ja="職種"),
        "experience": Words(en="experience", ja="経験年数"),
        "place": Words(en="place", ja="勤務地"),
        "salary": Words(en="salary", ja="年収"),
        "employment": Words(en="employment", ja="雇用形態"),
    }
)
STAGES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "introduced": Words(en="introduced", ja="推薦済み"),
        "screening": Words(en="screening", ja="書類選考"),
        "interview": Words(en="interview", ja="面接"),
        "final": Words(en="final interview", ja="最終面接"),
        "offer": Words(en="offer", ja="内定"),
    }
)
HIRES: Final[Mapping[str, Words]] = MappingProxyType(
    {
        "accepted": Words(en="offer accepted", ja="内定承諾"),
        "declined": Words(en="offer declined", ja="内定辞退"),
        "started": Words(en="started", ja="入社"),
        "left": Words(en="left", ja="退職"),
    }
)


def told(words: Mapping[str, Words], code: str, language: Language) -> str:
    """Return the words of a code; one that is newer than this program stands as it is."""
    return words.get(code, same(code)).into(language)
