from collections.abc import Callable
from datetime import timedelta

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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
    UnauthenticatedError,
)
from exchange.domain.organizations import Actor
from exchange.hub import Hub
from exchange.services import organizations
from exchange.services.ledger import Fact
from exchange.web.http import authn
from exchange.web.http.authn import Caller
from relay_protocol import jwk
from tests.story import api
from tests.story.scheme import Consortium, Organization


@pytest.fixture
def engine() -> str:
    """Ask one engine only: what a token says does not depend on it."""
    return "sqlite"


@pytest.fixture
def agency(consortium: Consortium) -> Organization:
    return consortium.agencies[0]


@pytest.fixture
def client(
    consortium: Consortium, agency: Organization, client_of: Callable[[Organization], api.Caller]
) -> api.Caller:
    return client_of(agency)


def retold(agency: Organization, client: api.Caller, claim: str) -> str:
    """Return a good token of the agency that lacks one claim."""
    claims = jwt.decode(client.token(), options={"verify_signature": False})
    del claims[claim]
    return jwt.encode(claims, agency.signing, algorithm="EdDSA", headers={"kid": agency.kid})


def authenticate(hub: Hub, token: str) -> Caller:
    with hub.reading() as work:
        return authn.authenticate(work, token)


def now_s(hub: Hub) -> int:
    return int(hub.clock.now().timestamp())


def test_a_token_of_its_key_shows_which_organization_calls(hub: Hub, client: api.Caller) -> None:
    caller = authenticate(hub, client.token(jti="j-1"))

    assert caller.actor == Actor(kind="organization", slug="sakura", role="agency")
    assert caller.jti == "j-1"
    assert abs(caller.expires_at - hub.clock.now()) <= timedelta(seconds=61)


@pytest.mark.parametrize(
    ("claims", "refusal"),
    [
        ({"aud": "http://other.example"}, TokenAudienceError),
        ({"aud": "http://localhost:8400/"}, TokenAudienceError),
        ({"iss": "hayabusa"}, KeyUnknownError),
        ({"iss": "office"}, KeyUnknownError),
        ({"jti": ""}, TokenMalformedError),
        ({"jti": "x" * 65}, TokenMalformedError),
        ({"jti": "番号"}, TokenMalformedError),
        ({"jti": 7}, TokenMalformedError),
        ({"aud": ["http://localhost:8400"]}, TokenMalformedError),
        ({"iat": True}, TokenMalformedError),
        ({"exp": 2.59e-42}, TokenMalformedError),
        ({"exp": "tomorrow"}, TokenMalformedError),
        ({"exp": 2**60}, TokenMalformedError),
        ({"iat": -5}, TokenMalformedError),
        ({"sub": 5}, TokenMalformedError),
    ],
)
def test_a_token_with_a_wrong_claim_is_refused(
    hub: Hub, client: api.Caller, claims: dict[str, object], refusal: type[UnauthenticatedError]
) -> None:
    with pytest.raises(refusal):
        authenticate(hub, client.token(**claims))


@pytest.mark.parametrize("claim", ["iss", "aud", "iat", "exp", "jti"])
def test_a_token_that_lacks_a_claim_is_refused(
    hub: Hub, agency: Organization, client: api.Caller, claim: str
) -> None:
    with pytest.raises(TokenMalformedError):
        authenticate(hub, retold(agency, client, claim))


@pytest.mark.parametrize(
    ("iat", "exp", "refusal"),
    [
        (-299, 0, TokenExpiredError),
        (-3600, -3500, TokenExpiredError),
        (0, 301, TokenLifetimeError),
        (60, 120, TokenExpiredError),
        (5, 5, TokenMalformedError),
        (5, 4, TokenMalformedError),
    ],
)
def test_a_token_of_another_time_or_of_too_long_a_life_is_refused(
    hub: Hub, client: api.Caller, iat: int, exp: int, refusal: type[UnauthenticatedError]
) -> None:
    now = now_s(hub)

    with pytest.raises(refusal):
        authenticate(hub, client.token(iat=now + iat, exp=now + exp))


@pytest.mark.parametrize(("iat", "exp"), [(-290, 10), (0, 300), (25, 325), (-1, 5)])
def test_a_token_of_these_minutes_passes(hub: Hub, client: api.Caller, iat: int, exp: int) -> None:
    now = now_s(hub)

    assert authenticate(hub, client.token(iat=now + iat, exp=now + exp)).actor.slug == "sakura"


def test_a_token_follows_the_exchanges_own_clock(hub: Hub, client: api.Caller) -> None:
    token = client.token()
    assert hub.settings.clock is not None
    hub.settings.clock.write_text(str(30 * 86_400))

    with pytest.raises(TokenExpiredError):
        authenticate(hub, token)
    assert authenticate(hub, client.token()).actor.slug == "sakura"


def test_a_token_signed_by_another_key_than_it_names_is_refused(
    hub: Hub, agency: Organization, client: api.Caller
) -> None:
    claims = jwt.decode(client.token(), options={"verify_signature": False})
    forged = jwt.encode(
        claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": agency.kid}
    )

    with pytest.raises(TokenSignatureError):
        authenticate(hub, forged)


def test_a_key_of_another_organization_is_no_key_of_this_one(
    hub: Hub, consortium: Consortium, client: api.Caller
) -> None:
    other = consortium.agencies[1]
    claims = jwt.decode(client.token(), options={"verify_signature": False})
    borrowed = jwt.encode(claims, other.signing, algorithm="EdDSA", headers={"kid": other.kid})

    with pytest.raises(KeyUnknownError):
        authenticate(hub, borrowed)


def test_a_key_that_nobody_registered_is_unknown(hub: Hub, client: api.Caller) -> None:
    stranger = Ed25519PrivateKey.generate()
    claims = jwt.decode(client.token(), options={"verify_signature": False})
    token = jwt.encode(
        claims, stranger, algorithm="EdDSA", headers={"kid": jwk.kid_of(stranger.public_key())}
    )

    with pytest.raises(KeyUnknownError):
        authenticate(hub, token)


def test_a_sealing_key_signs_no_tokens(hub: Hub, agency: Organization, client: api.Caller) -> None:
    claims = jwt.decode(client.token(), options={"verify_signature": False})
    kid = jwk.kid_of(agency.sealing.public_key())
    token = jwt.encode(claims, agency.signing, algorithm="EdDSA", headers={"kid": kid})

    with pytest.raises(KeyUnknownError):
        authenticate(hub, token)


def headed(agency: Organization, token: str, **header: object) -> str:
    claims = jwt.decode(token, options={"verify_signature": False})
    return jwt.encode(claims, agency.signing, algorithm="EdDSA", headers=header)


def test_only_the_one_algorithm_passes(hub: Hub, agency: Organization, client: api.Caller) -> None:
    claims = jwt.decode(client.token(), options={"verify_signature": False})
    head = {"kid": agency.kid}
    others = [
        jwt.encode(claims, "", algorithm="none", headers=head),
        jwt.encode(claims, "s" * 32, algorithm="HS256", headers=head),
        jwt.encode(
            claims, ec.generate_private_key(ec.SECP256R1()), algorithm="ES256", headers=head
        ),
    ]

    for token in others:
        with pytest.raises(TokenMalformedError):
            authenticate(hub, token)


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"kid": "x", "typ": "at+jwt"},
        {"kid": "x", "jku": "http://x.example"},
        {"kid": "a\x00b"},
        {"kid": "鍵"},
        {"kid": "\ud800"},
    ],
)
def test_a_header_of_another_form_is_refused(
    hub: Hub, agency: Organization, client: api.Caller, header: dict[str, object]
) -> None:
    complete = {**header, **({"kid": agency.kid} if header.get("kid") == "x" else {})}

    with pytest.raises(TokenMalformedError):
        authenticate(hub, headed(agency, client.token(), **complete))


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "....", "eyJ.eyJ.x", "鍵.鍵.鍵", "a" * 2_001, "\x00.\x00.\x00"]
)
def test_what_is_no_token_is_refused(hub: Hub, token: str, agency: Organization) -> None:
    with pytest.raises(TokenMalformedError):
        authenticate(hub, token)


def test_a_revoked_key_stops_at_once(hub: Hub, agency: Organization, client: api.Caller) -> None:
    token = client.token()
    following = Ed25519PrivateKey.generate()
    register = Fact(
        kind="key.registered",
        body={
            "purpose": "sign",
            "key": dict(jwk.from_key(following.public_key())),
            "person": "",
            "credential": "",
        },
    )
    revoke = Fact(kind="key.revoked", body={"kid": agency.kid})
    with hub.work() as work:
        organizations.register_key(work, agency.actor, agency.sign(hub, register))
    authenticate(hub, token)
    with hub.work() as work:
        organizations.revoke_key(work, agency.actor, agency.sign(hub, revoke))

    with pytest.raises(KeyRevokedError):
        authenticate(hub, token)


def test_a_suspended_organization_stops_at_once(hub: Hub, client: api.Caller) -> None:
    token = client.token()
    with hub.work() as work:
        organizations.suspend(work, "sakura", "licence-expired")

    with pytest.raises(NotActiveError):
        authenticate(hub, token)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "abc"])
def test_a_request_without_a_token_is_refused(header: str | None) -> None:
    with pytest.raises(TokenMissingError):
        authn.bearer(header)


@pytest.mark.parametrize("header", ["Bearer abc", "bearer abc", "BEARER  abc "])
def test_a_token_is_taken_out_of_its_header(header: str) -> None:
    assert authn.bearer(header) == "abc"


def test_a_role_that_is_asked_for_passes_and_another_does_not() -> None:
    actor = Actor(kind="organization", slug="mirai", role="member")

    authn.allow(actor, ())
    authn.allow(actor, ("agency", "member"))
    with pytest.raises(ForbiddenError):
        authn.allow(actor, ("agency",))
