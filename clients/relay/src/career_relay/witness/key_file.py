"""A witness's own key, with its name, in a file of the form that note tools share."""

import re
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from career_relay.errors import KeyFileError
from career_relay.keys import keep_secret, read_secret
from career_relay.words import Words
from relay_protocol.encoding import b64_decode, b64_encode
from relay_protocol.errors import CanonicalError, NoteError
from relay_protocol.note import COSIGNATURE, ED25519, SignerKey, VerifierKey

_PREFIX = "PRIVATE+KEY+"
_SEED_BYTES = 32
_LINE = re.compile(r"PRIVATE\+KEY\+([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})")


def draw_key(name: str) -> SignerKey:
    """Return a new key of a witness.

    Args:
        name: the witness's name for good, an address without scheme: `witness.example.jp`.

    Raises:
        KeyFileError: no key can have this name.
    """
    try:
        return SignerKey(name=name, kind=COSIGNATURE, private_key=Ed25519PrivateKey.generate())
    except NoteError as error:
        raise KeyFileError(
            Words(
                en=f"{name!r} cannot be a witness's name.",
                ja=f"{name!r} は立会人の名前にできません。",
            ),
            Words(
                en="Take an address without https://, without spaces and plus signs:"
                " witness.example.jp",
                ja="https:// を除いたアドレスにしてください(空白と + は使えません): "
                "witness.example.jp",
            ),
        ) from error


def keep_key(signer: SignerKey, path: Path) -> None:
    """Write a witness's key into a new file that its owner alone can read.

    Raises:
        KeyFileError: there is a file already, or none can be made.
    """
    key_id = signer.verifier.key_id.hex()
    seed = bytes([signer.kind]) + signer.private_key.private_bytes_raw()
    keep_secret(f"{_PREFIX}{signer.name}+{key_id}+{b64_encode(seed)}\n".encode(), path)


def load_key(path: Path) -> SignerKey:
    """Return the witness's key of a file.

    A key that other note tools made for notes (type 01) serves as the key for cosignatures of
    the same name; so they do it too.

    Raises:
        KeyFileError: the file cannot be read, is open to others, or holds no such key.
    """
    try:
        return _signer(read_secret(path).decode().strip())
    except (NoteError, CanonicalError, UnicodeDecodeError) as error:
        raise KeyFileError(
            Words(
                en=f"{path} holds no key of a witness.",
                ja=f"{path} は立会人の鍵ではありません。",
            ),
            Words(
                en="Make one with `relay witness new-key`.",
                ja="`relay witness new-key` で作ってください。",
            ),
        ) from error


def _signer(text: str) -> SignerKey:
    """Return the key of the text `PRIVATE+KEY+name+hex8+base64(type, seed)`."""
    match = _LINE.fullmatch(text)
    if match is None:
        raise NoteError("not a private note key")
    name, key_id, encoded = match.groups()
    kind_and_seed = b64_decode(encoded)
    kind, seed = kind_and_seed[0], kind_and_seed[1:]
    if kind not in {ED25519, COSIGNATURE} or len(seed) != _SEED_BYTES:
        raise NoteError("a key of another kind")
    private_key = Ed25519PrivateKey.from_private_bytes(seed)
    public_key = private_key.public_key().public_bytes_raw()
    if VerifierKey(name=name, kind=kind, public_key=public_key).key_id.hex() != key_id:
        raise NoteError("the key's id is not that of its key")
    return SignerKey(name=name, kind=COSIGNATURE, private_key=private_key)
