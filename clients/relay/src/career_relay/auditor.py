"""The hub as an auditor's own system meets it; the audit itself is `relay-audit`."""

from typing import Final

from career_relay.attest import Attester
from career_relay.transport import Transport

PACK_BYTES: Final = 2**29
"""The longest pack that is read whole."""


class Auditor:
    """Asks the hub in an auditor's name, and signs what that auditor finds."""

    def __init__(self, transport: Transport, attester: Attester) -> None:
        """Take the connection and the key; both belong to the same auditor."""
        self._transport = transport
        self._attester = attester

    def latest_pack(self) -> bytes:
        """Return the newest pack of reveals: lines, each sealed to the auditor's key.

        It is read whole. `relay-audit verify` fetches one of any length by itself.
        """
        return self._transport.read_bytes("/v1/auditor/packs/latest", PACK_BYTES)

    def post_audit(self, settled: str, period: str, *, sound: bool) -> dict[str, object]:
        """Sign and post what the audit of a period has found.

        Args:
            settled: id of the attestation `period.settled`.
            period: the month, `YYYY-MM`.
            sound: whether the audit has passed.
        """
        signed = self._attester.sign(
            "period.audited",
            refs={"settled": settled},
            body={"period": period, "verdict": "sound" if sound else "refused"},
        )
        body = {"attestation": signed.jws}
        return self._transport.write("/v1/auditor/audits", body, dict[str, object], acts=[signed])
