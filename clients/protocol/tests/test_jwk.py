import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from relay_protocol import jwk
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import AttestationError

# RFC 8037, appendix A.2 and A.3.
ED25519 = {"crv": "Ed25519", "kty": "OKP", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
ED25519_THUMBPRINT = "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
ED25519_SECRET = "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"
# RFC 7515, appendix A.3.
P256 = {
    "crv": "P-256",
    "kty": "EC",
    "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
    "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
}


def test_a_keys_name_is_its_thumbprint() -> None:
    assert jwk.thumbprint(ED25519) == ED25519_THUMBPRINT
    assert jwk.kid_of(jwk.to_key(ED25519)) == ED25519_THUMBPRINT


def test_the_order_of_members_does_not_change_a_keys_name() -> None:
    assert jwk.thumbprint(dict(reversed(ED25519.items()))) == ED25519_THUMBPRINT


def test_the_public_half_of_a_published_secret_is_the_published_key() -> None:
    secret = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(ED25519_SECRET))
    assert jwk.from_key(secret.public_key()) == ED25519


@pytest.mark.parametrize("document", [ED25519, P256])
def test_a_jwk_and_its_key_are_one(document: dict[str, str]) -> None:
    assert jwk.from_key(jwk.to_key(document)) == document


def test_a_p256_coordinate_that_begins_with_zeros_keeps_its_length() -> None:
    number = next(
        number
        for number in range(1, 2000)
        if ec.derive_private_key(number, ec.SECP256R1()).public_key().public_numbers().x < 2**248
    )
    key = ec.derive_private_key(number, ec.SECP256R1()).public_key()
    document = jwk.from_key(key)
    assert len(document["x"]) == 43
    assert jwk.to_key(document) == key


def test_each_curve_is_taken_for_its_own_use_only() -> None:
    assert jwk.from_key(jwk.to_signing_key(ED25519)) == ED25519
    assert jwk.from_key(jwk.to_p256_key(P256)) == P256
    with pytest.raises(AttestationError):
        jwk.to_signing_key(P256)
    with pytest.raises(AttestationError):
        jwk.to_p256_key(ED25519)


def test_a_key_on_another_curve_has_no_jwk() -> None:
    with pytest.raises(AttestationError):
        jwk.from_key(ec.derive_private_key(1, ec.SECP384R1()).public_key())


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        1,
        [],
        {},
        {**ED25519, "kid": "extra"},
        {**ED25519, "x": 1},
        {**ED25519, "kty": "EC"},
        {**ED25519, "crv": "X25519"},
        {**ED25519, "x": ED25519["x"] + "="},
        {**ED25519, "x": ED25519["x"][:-1]},
        {**ED25519, "x": "ä" * 43},
        {**P256, "crv": "P-384"},
        {**P256, "y": P256["x"]},
        {**P256, "y": "A" * 43},
        {"crv": "P-256", "kty": "EC", "x": P256["x"]},
        {**P256, "d": "jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"},
    ],
)
def test_what_is_not_exactly_a_jwk_is_refused(document: object) -> None:
    with pytest.raises(AttestationError):
        jwk.to_key(document)  # type: ignore[arg-type]


def test_a_key_under_which_anything_verifies_is_refused() -> None:
    # The neutral element: y = 1. Then S = 0 and R = 1 sign every text.
    neutral = (1).to_bytes(32, "little")
    signature = neutral + bytes(32)
    Ed25519PublicKey.from_public_bytes(neutral).verify(signature, b"anything")
    with pytest.raises(AttestationError, match="weak"):
        jwk.to_key({**ED25519, "x": b64url_encode(neutral)})


@pytest.mark.parametrize("sign", [0, 1 << 255])
@pytest.mark.parametrize("y", [0, 1, 2**255 - 20, 2**255 - 19, 2**255 - 18])
def test_every_point_of_small_order_is_refused_in_every_form(y: int, sign: int) -> None:
    document = {**ED25519, "x": b64url_encode((y | sign).to_bytes(32, "little"))}
    with pytest.raises(AttestationError, match="weak"):
        jwk.to_key(document)


@pytest.mark.parametrize(
    "point",
    [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
    ],
)
def test_every_point_of_order_eight_is_refused(point: str) -> None:
    with pytest.raises(AttestationError, match="weak"):
        jwk.to_key({**ED25519, "x": b64url_encode(bytes.fromhex(point))})


@pytest.mark.parametrize(
    "point",
    [
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    ],
)
def test_the_points_of_order_eight_are_on_the_curve_and_of_that_order(point: str) -> None:
    # -x^2 + y^2 = 1 + d x^2 y^2; doubling gives y' = (y^2 + x^2) / (1 - d x^2 y^2). Eight times
    # the point is the neutral element, y = 1; four times it is y = -1.
    prime = 2**255 - 19
    d = -121665 * pow(121666, -1, prime) % prime
    y = int.from_bytes(bytes.fromhex(point), "little")
    for _ in range(3):
        x_squared = (y * y - 1) * pow(d * y * y + 1, -1, prime) % prime
        y = (y * y + x_squared) * pow(1 - d * x_squared * y * y, -1, prime) % prime
    assert y == 1
