"""What an agency may write to a candidate whom it cannot know yet: no contact, no gift."""

from exchange.domain.errors import BadInputError, IdentityInProfileError
from relay_protocol import screening

LONGEST_MESSAGE = 600


def check_message(text: str) -> str:
    """Return the message of a claim, its ends trimmed.

    Raises:
        BadInputError: it is empty or too long.
        IdentityInProfileError: it holds what check_text() refuses.
    """
    message = text.strip()
    if not 0 < len(message) <= LONGEST_MESSAGE:
        raise BadInputError(
            f"A message has 1 to {LONGEST_MESSAGE} characters.",
            field="message",
            detail_ja=f"メッセージは1〜{LONGEST_MESSAGE}文字で入力してください。",
        )
    check_text("message", message)
    return message


def check_text(field: str, text: str) -> None:
    """Return if a text that candidates read leads past the hub in no way.

    Raises:
        IdentityInProfileError: it holds an address, a number or an account to be reached at, asks
            what may not be asked in hiring, or promises candidates a payment.
    """
    for finding in screening.find(text, kinds=screening.MESSAGE_KINDS):
        raise IdentityInProfileError(
            screening.message(field, finding, "en"),
            field=field,
            detail_ja=screening.message(field, finding, "ja"),
        )
