"""The auditor of a scheme in a test: its own files, and `relay-audit` as it runs it."""

import contextlib
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from flask import Flask
from werkzeug.serving import make_server

from exchange.cli.audit import new_pack, write_out
from exchange.services import audits, publication
from relay_protocol.attestation import from_jws
from relay_protocol.cli import main
from tests.story.scheme import Consortium


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """How `relay-audit` ended, and the report that it wrote."""

    code: int
    report: dict[str, object]
    errors: str

    @property
    def refusal(self) -> dict[str, object]:
        """What was refused."""
        refusal = self.report["refusal"]
        assert isinstance(refusal, dict), self.report
        return refusal

    def figures(self, code: str) -> dict[str, object]:
        """Return the figures of a finding; nothing where it was not made."""
        parts = self.report["parts"]
        open_questions = self.report["not_established"]
        assert isinstance(parts, list)
        assert isinstance(open_questions, list)
        found = [one for part in parts for one in part["findings"]] + open_questions
        return next((dict(one["figures"]) for one in found if one["code"] == code), {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The auditor's own machine."""

    consortium: Consortium
    folder: Path

    @classmethod
    def of(cls, consortium: Consortium, folder: Path) -> "Desk":
        """Return the auditor's machine, its keys in a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        _keep(folder / "sign.pem", consortium.auditor.signing)
        _keep(folder / "reveal.pem", consortium.auditor.sealing)
        clock = consortium.hub.settings.clock
        if clock is not None and not clock.exists():
            clock.write_text("0", encoding="ascii")
        return cls(consortium=consortium, folder=folder)

    @property
    def ledger(self) -> Path:
        """Where the copy of the ledger lies."""
        return self.folder / "ledger"

    def receive(self) -> None:
        """Get a new pack, and a copy of the ledger with the pack's own entry."""
        hub = self.consortium.hub
        write_out(hub, new_pack(hub, self.consortium.auditor.slug), self.pack)
        hub.sequence()
        with hub.reading() as work:
            publication.write_out(work, self.ledger, with_entries=True)

    @property
    def pack(self) -> Path:
        """Where the newest pack lies."""
        return self.folder / "pack"

    def offline(self, *more: str | Path) -> Said:
        """Verify the copy with the pack."""
        return self._run(self.ledger, "--pack", self.pack, *more)

    def online(self, *more: str | Path) -> Said:
        """Verify over the hub's address, with the pack that it hands out."""
        return self._run(self.consortium.hub.scheme.web_origin, *more)

    def sign(self, period: str) -> Said:
        """Verify the copy, sign that a month is sound, and hand the signature to the hub."""
        said = self.offline("--sign", period, "--out", self.folder / "signed")
        document = json.loads((self.folder / "signed").read_bytes())
        hub = self.consortium.hub
        with hub.work() as work:
            audits.take(work, self.consortium.auditor.actor, from_jws(document["attestation"]))
        hub.sequence()
        return said

    def _run(self, source: str | Path, *more: str | Path) -> Said:
        """Run the command with everything that the auditor has."""
        hub = self.consortium.hub
        given: list[str | Path] = [
            "verify",
            source,
            "--vkey",
            hub.scheme.ledger_vkey,
            "--key",
            self.folder / "reveal.pem",
            "--slug",
            self.consortium.auditor.slug,
            "--signing-key",
            self.folder / "sign.pem",
            "--state",
            self.folder / "notebook",
            *more,
        ]
        if hub.settings.clock is not None:
            given += ["--clock", hub.settings.clock]
        # A hub in this process speaks on standard output too.
        told = self.folder / "report.json"
        told.unlink(missing_ok=True)
        said, errors = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(errors):
            code = main(list(map(str, [*given, "--report", told])))
        report = json.loads(told.read_bytes()) if told.exists() else {}
        return Said(code=code, report=report, errors=errors.getvalue())


@contextlib.contextmanager
def serving(app: Flask, port: int) -> Iterator[None]:
    """Serve an app on this machine until the end of the block."""
    server = make_server("localhost", port, app, threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _keep(path: Path, key: Ed25519PrivateKey | EllipticCurvePrivateKey) -> None:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
