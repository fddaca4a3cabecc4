"""Every refusal of the exchange, in the words of the domain; the web alone knows their numbers."""


class ExchangeError(Exception):
    """The exchange refuses what was asked, for a reason that the asker can act on."""

    def __init__(
        self,
        detail: str,
        *,
        field: str = "",
        mend: str = "",
        detail_ja: str = "",
        mend_ja: str = "",
    ) -> None:
        """Keep what a refusal says.

        Args:
            detail: what is refused and why, in English; never a secret or personal data.
            field: path of the value at fault, parts joined by "/": "profiles/3/fields/summary".
            mend: what the asker can do about it, in English.
            detail_ja: the detail in Japanese; where empty, readers of Japanese get the English.
            mend_ja: the mend in Japanese.
        """
        super().__init__(detail)
        self.detail = detail
        self.field = field
        self.mend = mend
        self.detail_ja = detail_ja
        self.mend_ja = mend_ja


class OfficeError(Exception):
    """The hub cannot work as it is set up, and its office alone can mend that; the text says how.

    Attributes:
        detail_ja: the same in Japanese.
    """

    def __init__(self, detail: str, *, detail_ja: str) -> None:
        """Keep what is wrong, in both languages."""
        super().__init__(detail)
        self.detail_ja = detail_ja


# What was sent


class MalformedError(ExchangeError):
    """What was sent cannot be read at all."""


class BadInputError(ExchangeError):
    """A value that was sent is missing, unknown, of the wrong type or out of range."""


class IdentityInProfileError(ExchangeError):
    """A text holds what looks like somebody's identity, or what nobody may ask for."""


class AttestationRefusedError(ExchangeError):
    """An attestation is malformed, not signed by a valid key, or not about this act."""


class AttestationStaleError(AttestationRefusedError):
    """An attestation that the exchange has not seen before was signed too long ago or ahead."""


class AttestationReusedError(AttestationRefusedError):
    """The id of an attestation is already known, with other bytes."""


# Who asks


class UnauthenticatedError(ExchangeError):
    """It is not shown who is asking."""


class TokenMissingError(UnauthenticatedError):
    """The request carries no token."""


class TokenMalformedError(UnauthenticatedError):
    """The token cannot be read, or lacks a claim that it must have."""


class TokenExpiredError(UnauthenticatedError):
    """The token's time is over, or has not come yet."""


class TokenLifetimeError(UnauthenticatedError):
    """The token was made to live longer than a token may."""


class TokenAudienceError(UnauthenticatedError):
    """The token was made for another exchange."""


class TokenSignatureError(UnauthenticatedError):
    """The token was not signed by the key that it names."""


class TokenReplayedError(UnauthenticatedError):
    """The token was already used for another write."""


class KeyUnknownError(UnauthenticatedError):
    """The key that is named is no signing key of that organization."""


class KeyRevokedError(UnauthenticatedError):
    """The key that is named has been revoked."""


class PasskeyRefusedError(UnauthenticatedError):
    """A passkey's answer does not check, or the passkey may not be used."""


class SignInNeededError(UnauthenticatedError):
    """A person must sign in before seeing this page."""


class ForbiddenError(ExchangeError):
    """The one who asks is known, and this is not theirs to do."""


class NotActiveError(ForbiddenError):
    """The organization is not yet admitted, or is suspended."""


class LicenceError(ForbiddenError):
    """The agency's licence is missing, malformed or no longer valid."""


class FormKeyError(ExchangeError):
    """A form was not given out by this page, or too long ago."""


# What there is


class NotFoundError(ExchangeError):
    """There is no such thing, or none that the one who asks may see."""


class ReceiptNotReadyError(ExchangeError):
    """The act is taken, but no published checkpoint covers it yet; the receipt comes soon."""

    retry_after_s = 1


class EquivocationError(ExchangeError):
    """What was brought is signed by this log, and of another history than this one."""


class AlreadyKnownError(ExchangeError):
    """What is to be added is there already, and is different."""


class EnrolmentEndedError(ExchangeError):
    """An enrolment link was used, replaced, or has run out."""


class InvitationEndedError(ExchangeError):
    """An invitation was answered, or has run out."""


class ActEndedError(ExchangeError):
    """An act that was prepared for signing was signed already, or has waited too long."""


# Writing twice


class IdempotencyKeyMissingError(ExchangeError):
    """A write carries no Idempotency-Key."""


class IdempotencyKeyReusedError(ExchangeError):
    """An Idempotency-Key comes again with another request."""


# Consent


class ConsentMissingError(ExchangeError):
    """The candidate has not allowed this purpose, or no longer does."""


class BeyondConsentError(ExchangeError):
    """What was sent goes beyond what the candidate has allowed."""


# The relay's steps


class StepRefusedError(ExchangeError):
    """A step does not follow from where the referral, claim, introduction or hire stands."""


class DeadlinePassedError(StepRefusedError):
    """The time for this step is over."""


class ClaimTakenError(StepRefusedError):
    """Another agency's claim on this profile is open."""


class ClaimLimitError(StepRefusedError):
    """The agency has as many open claims as the rules allow."""


class ConfirmationByReporterError(StepRefusedError):
    """The one who reported a hire cannot confirm it."""


class PeriodClosedError(StepRefusedError):
    """The period is closed, or not yet over."""


# The exchange itself


class BooksBrokenError(ExchangeError):
    """The books break an invariant of the scheme: nothing is settled until they are mended."""


class BusyError(ExchangeError):
    """The exchange cannot take this now; the same request will do later."""

    def __init__(self, detail: str, *, retry_after_s: int = 2, detail_ja: str = "") -> None:
        """Keep what a refusal says, and after how many seconds to come again."""
        super().__init__(detail, detail_ja=detail_ja)
        self.retry_after_s = retry_after_s
