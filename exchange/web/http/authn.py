"""Which organization is calling: a token signed by its key, checked on every request."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import jwt

from exchange.domain.errors import (
    ForbiddenError,
    KeyRevokedError,
    KeyUnknownError,
    NotActiveError,
    TokenAudienceError,
    TokenExpiredError,
    TokenLifetimeError,
    TokenMalformedError,
    TokenMissingError,
    TokenSignatureError,
)
from exchange.domain.organizations import Actor
from exchange.services.work import Work
from exchange.store import organizations as organization_rows
from relay_protocol import jwk
from relay_protocol.errors import ProtocolError

LONGEST_LIFE_S: Final = 300
CLOCK_SKEW_S: Final = 30
LONGEST_TOKEN: Final = 2_000
LONGEST_JTI: Final = 64
HEADER_MEMBERS: Final = frozenset({"alg", "kid", "typ"})
REQUIRED_CLAIMS: Final = ("iss", "aud", "iat", "exp", "jti")


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """An organization that has shown who it is, and the one token that it did so with."""

    actor: Actor
    jti: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claims:
    """The claims of a token, typed."""

    iss: str
    aud: str
    iat: int
    exp: int
    jti: str


def bearer(authorization: str | None) -> str:
    """Return the token of an Authorization header.

    Raises:
        TokenMissingError: there is no header, or it is of another scheme.
    """
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissingError("The request has no Authorization: Bearer token.")
    return token.strip()


def authenticate(work: Work, token: str) -> Caller:
    """Return the organization that a token was signed by; its key is looked up on every call.

    Args:
        work: the keys, the exchange's address and its instant.
        token: compact JWS with header {"alg": "EdDSA", "kid", "typ": "JWT"}.

    Raises:
        UnauthenticatedError: which kind of it says what is wrong with the token.
        NotActiveError: the organization is not admitted yet, or is suspended.
    """
    kid = _kid_of(token)
    key = organization_rows.key(work.session, kid)
    if key is None or key.purpose != "sign":
        raise KeyUnknownError("The token's kid is no registered signing key.")
    claims = _claims_of(token, jwk.to_signing_key(key.jwk))
    if claims.iss != key.slug:
        raise KeyUnknownError("The token's kid is no signing key of its iss.")
    if key.revoked_at is not None:
        raise KeyRevokedError("The token's key has been revoked.")
    _check_audience_and_time(claims, work.scheme.web_origin, work.now)
    organization = organization_rows.organization(work.session, key.slug)
    if organization is None or organization.state != "active":
        raise NotActiveError("The organization is not admitted yet, or is suspended.")
    return Caller(
        actor=Actor(kind="organization", slug=organization.slug, role=organization.role),
        jti=claims.jti,
        expires_at=datetime.fromtimestamp(claims.exp, tz=UTC),
    )


def allow(actor: Actor, roles: tuple[str, ...]) -> None:
    """Let an organization of one of these roles pass; of any role where none is named.

    Raises:
        ForbiddenError: the organization's role is none of them.
    """
    if roles and actor.role not in roles:
        raise ForbiddenError(
            f"This is for {' and '.join(roles)} only; {actor.slug} is {actor.role}.",
            detail_ja="この操作は、別の役割の組織のためのものです。",
        )


def _kid_of(token: str) -> str:
    """Return the key's name from a token's header, which must be exactly of our form."""
    if len(token) > LONGEST_TOKEN:
        raise TokenMalformedError("The token is too long to be one.")
    try:
        header = jwt.get_unverified_header(token)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise TokenMalformedError("The token is not a JWT.") from error
    kid = header.get("kid")
    in_form = header.keys() == HEADER_MEMBERS and header["typ"] == "JWT"
    if not in_form or header["alg"] != "EdDSA" or not isinstance(kid, str):
        raise TokenMalformedError('The token\'s header must be {"alg":"EdDSA","kid","typ":"JWT"}.')
    # Another sign may be one that no database can be asked about.
    if not kid.isascii() or not kid.isprintable():
        raise TokenMalformedError("The token's kid is no name of a key.")
    return kid


def _claims_of(token: str, key: jwk.PublicKey) -> _Claims:
    """Return the claims of a token after checking its signature; times are checked apart."""
    try:
        claims = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            options={
                "require": list(REQUIRED_CLAIMS),
                # The clock is the exchange's own: see _check_audience_and_time().
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "verify_aud": False,
            },
        )
    except jwt.InvalidSignatureError as error:
        raise TokenSignatureError("The token's signature does not check.") from error
    except jwt.MissingRequiredClaimError as error:
        raise TokenMalformedError(f"The token lacks the claim {error.claim}.") from error
    except (jwt.InvalidTokenError, ProtocolError, ValueError, RecursionError) as error:
        raise TokenMalformedError("The token cannot be read.") from error
    iss, aud, iat, exp, jti = (claims[name] for name in REQUIRED_CLAIMS)
    if not all(isinstance(text, str) for text in (iss, aud, jti)):
        raise TokenMalformedError("The token's iss, aud and jti must be texts.")
    if not 1 <= len(jti) <= LONGEST_JTI or not jti.isascii() or not jti.isprintable():
        raise TokenMalformedError(f"The token's jti must have 1 to {LONGEST_JTI} ASCII characters.")
    if type(iat) is not int or type(exp) is not int or not 0 <= iat < exp < 2**40:
        raise TokenMalformedError("The token's iat and exp must be whole seconds, iat first.")
    return _Claims(iss=iss, aud=aud, iat=iat, exp=exp, jti=jti)


def _check_audience_and_time(claims: _Claims, audience: str, now: datetime) -> None:
    """Check for whom and until when a token was made."""
    if claims.aud != audience:
        raise TokenAudienceError(f"The token's aud must be {audience}.")
    if claims.exp - claims.iat > LONGEST_LIFE_S:
        raise TokenLifetimeError(f"The token lives longer than {LONGEST_LIFE_S} seconds.")
    now_s = now.timestamp()
    if claims.iat > now_s + CLOCK_SKEW_S:
        raise TokenExpiredError("The token's iat lies ahead of the exchange's clock.")
    if claims.exp <= now_s:
        raise TokenExpiredError("The token's exp has passed.")
