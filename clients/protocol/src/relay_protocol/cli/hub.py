"""The hub as an auditor asks it: for entries and packs, and to take what the auditor signed."""

import json
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import BinaryIO, Final
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from relay_protocol.asking import ask, ask_in_pieces
from relay_protocol.attestation import SignedAttestation
from relay_protocol.cli import files
from relay_protocol.cli.arguments import is_remote
from relay_protocol.encoding import b64url_encode
from relay_protocol.errors import LogMissingError, LogReadError, ProofError
from relay_protocol.jwk import kid_of
from relay_protocol.log_reader import FolderReader, HttpReader, LogReader
from relay_protocol.proof import Proof
from relay_protocol.sealed import MEDIA_TYPE as PACK

TOKEN_LIFE: Final = timedelta(minutes=4)
LEDGER: Final = "/ledger"
JSON: Final = "application/json"
ANSWER_BYTES: Final = 65_536
REGISTER_LIMIT: Final = 200
REGISTER_PAGES: Final = 500
REGISTER_BYTES: Final = 2**24
"""Entries of one page of the register, pages, and bytes of a page, at most."""
PACK_BYTES: Final = 2**36
"""The longest pack; it is written to a file, and read line by line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """The auditor as the hub knows it."""

    slug: str
    key: Ed25519PrivateKey = field(repr=False)

    def token(self, audience: str, now: datetime) -> str:
        """Return a token for one request (RFC 7519), signed by the auditor's key (RFC 8037).

        Args:
            audience: the hub's own address.
            now: the moment, by the hub's clock.
        """
        issued_s = int(now.timestamp())
        header = {"alg": "EdDSA", "kid": kid_of(self.key.public_key()), "typ": "JWT"}
        claims = {
            "aud": audience,
            "exp": issued_s + int(TOKEN_LIFE.total_seconds()),
            "iat": issued_s,
            "iss": self.slug,
            "jti": token_urlsafe(16),
        }
        signed = f"{_part(header)}.{_part(claims)}"
        return f"{signed}.{b64url_encode(self.key.sign(signed.encode()))}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HubAddress:
    """Where a hub is, and who asks it.

    Attributes:
        url: the hub's address, or that of its ledger; a final slash makes no difference.
        signer: who asks; None for who may only read what is public.
        clock: the file of a demo's clock.
    """

    url: str
    signer: Signer | None
    clock: Path | None

    @property
    def home(self) -> str:
        """The hub's own address, without the ledger's part."""
        return self.url.rstrip("/").removesuffix(LEDGER)

    def reader(self) -> HttpReader:
        """Return a reader of the ledger, which may be served at the address itself.

        Raises:
            LogReadError: the hub does not answer.
        """
        given = HttpReader(self.url, headers=self._headers)
        try:
            given.checkpoint()
        except LogMissingError:
            return HttpReader(self.home + LEDGER, headers=self._headers)
        return given

    def latest_pack(self, file: BinaryIO) -> bool:
        """Write the pack that the hub made last for this auditor, sealed, into a file.

        Returns:
            Whether there is one.

        Raises:
            LogReadError: the hub does not hand it out.
        """
        url = f"{self.home}/v1/auditor/packs/latest"
        request = urllib.request.Request(  # noqa: S310 (HttpReader has refused other schemes)
            url, headers={**self._headers(url), "Accept": PACK}
        )
        try:
            ask_in_pieces(
                request, "the pack", file.write, limit_bytes=PACK_BYTES, total_timeout_s=3_600.0
            )
        except LogMissingError:
            return False
        return True

    def post_audit(self, signed: SignedAttestation) -> None:
        """Hand over what the auditor signed of a period; the same once more changes nothing.

        Raises:
            LogReadError: the hub does not take it.
        """
        url = f"{self.home}/v1/auditor/audits"
        request = urllib.request.Request(  # noqa: S310 (HttpReader has refused other schemes)
            url,
            data=json.dumps({"attestation": signed.jws}).encode(),
            headers={
                **self._headers(url),
                "Accept": JSON,
                "Content-Type": JSON,
                "Idempotency-Key": signed.attestation.id,
            },
            method="POST",
        )
        ask(request, "the signed audit", limit_bytes=ANSWER_BYTES)

    def register(self) -> Iterator[bytes]:
        """Yield the public entries about organizations and keys, in order; nothing is verified.

        Raises:
            LogReadError: the hub does not show them, or without end.
        """
        after = -1
        for _ in range(REGISTER_PAGES):
            url = f"{self.home}/v1/directory?after={after}&limit={REGISTER_LIMIT}"
            request = urllib.request.Request(  # noqa: S310 (HttpReader has refused other schemes)
                url, headers={"Accept": JSON}
            )
            raw = ask(request, "/v1/directory", limit_bytes=REGISTER_BYTES)
            entries, following = _page(raw)
            yield from entries
            if following is None:
                return
            if following <= after:
                break
            after = following
        raise LogReadError("the hub's register has no end")

    def _headers(self, url: str) -> dict[str, str]:
        """Return the headers of a request; none for what everybody may read."""
        if self.signer is None:
            return {}
        parts = urlsplit(url)
        audience = f"{parts.scheme}://{parts.netloc}"
        token = self.signer.token(audience, files.now(self.clock))
        return {"Authorization": f"Bearer {token}"}


def address_of(
    source: str, slug: str, signing_key: Path | None, clock: Path | None
) -> HubAddress | None:
    """Return the address of a source, asked in an organization's name if one is; None of a folder.

    Args:
        source: a folder, or an http(s) address.
        slug: the organization's, or "".
        signing_key: the file of its private signing key, if it has a slug.
        clock: the file of a demo's clock.

    Raises:
        InputError: the folder is none, or the key cannot be used or lies in it.
    """
    if not is_remote(source):
        files.require_folder(source)
        files.require_outside(source, signing_key)
        return None
    signer = None
    if signing_key is not None:
        signer = Signer(slug=slug, key=files.read_signing_key(signing_key))
    return HubAddress(url=source, signer=signer, clock=clock)


def source_of(source: str, slug: str, signing_key: Path | None, clock: Path | None) -> LogReader:
    """Return the reader of a folder or of an address, asked in an organization's name if one is.

    Args:
        source: a folder, or an http(s) address.
        slug: the organization's, or "".
        signing_key: the file of its private signing key, if it has a slug.
        clock: the file of a demo's clock.

    Raises:
        InputError: the key cannot be used, or lies in the folder.
        LogReadError: nobody answers at the address.
    """
    address = address_of(source, slug, signing_key, clock)
    return FolderReader(Path(source)) if address is None else address.reader()


def _page(raw: bytes) -> tuple[list[bytes], int | None]:
    """Return the entries of a page of the register, and after which the next one begins.

    Raises:
        LogReadError: it is none.
    """
    try:
        document = json.loads(raw)
        following = document["next"]
        if following is not None and type(following) is not int:
            raise LogReadError("the hub's register says no place to go on from")
        return [Proof.from_document(item).entry for item in document["items"]], following
    except (ValueError, KeyError, TypeError, RecursionError, ProofError) as error:
        raise LogReadError("the hub's register is none") from error


def _part(members: Mapping[str, object]) -> str:
    """Return one part of a token."""
    return b64url_encode(json.dumps(members, separators=(",", ":")).encode())
