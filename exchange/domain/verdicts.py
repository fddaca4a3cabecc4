"""What becomes of each of the many that are sent together."""

from dataclasses import dataclass
from typing import Literal

from exchange.domain.errors import ExchangeError


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What became of one referral among many, and why where it was refused."""

    referral: str
    status: Literal["registered", "added", "known", "refused"]
    problem: ExchangeError | None = None
