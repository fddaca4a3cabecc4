"""The one clock of the client: the machine's, moved forward by a file in a demonstration."""

from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

from career_relay.errors import RelayError
from career_relay.words import Words

# Thirty years ahead are more than any demonstration plays.
_MOST_DIGITS = 9

# Records without an offset are read as Japanese time; the country keeps no summer time.
JAPAN = timezone(timedelta(hours=9), "JST")


class ClockError(RelayError):
    """The file that moves the demonstration's clock does not hold a number of seconds."""


def read_clock(offset_file: Path | None) -> datetime:
    """Return the instant that counts as now, aware and in UTC, cut to whole seconds.

    Args:
        offset_file: holds the seconds (0 or more) by which a demonstration runs ahead, or None.

    Raises:
        ClockError: the file is missing, or is not one such number.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    if offset_file is None:
        return now
    try:
        written = offset_file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise _no_clock(offset_file) from error
    if not (written.isascii() and written.isdigit() and len(written) <= _MOST_DIGITS):
        raise _no_clock(offset_file)
    return now + timedelta(seconds=int(written))


def day_in_japan(at: datetime) -> date:
    """Return the calendar day in Japan of an aware instant."""
    return at.astimezone(JAPAN).date()


def _no_clock(offset_file: Path) -> ClockError:
    return ClockError(
        Words(
            en="{file} holds no number of seconds.", ja="{file}は秒数のファイルではありません。"
        ).filled(file=str(offset_file)),
        Words(
            en="Write 0, or how far the clock runs ahead.", ja="0か、進める秒数を書いてください。"
        ),
    )
