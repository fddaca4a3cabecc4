"""What an auditor's requests say on the wire."""

from collections.abc import Callable

import pytest

from career_relay.auditor import Auditor
from career_relay.config import Role
from career_relay.connection import Connection
from relay_protocol.attestation import from_jws
from tests.story.local_hub import LocalHub, Told
from tests.story.shown_ledger import ShownLedger

SETTLED = "A" * 22


@pytest.fixture
def auditor(shown: ShownLedger, connection_of: Callable[[str, Role], Connection]) -> Auditor:
    shown.admit("kansa", "auditor", cosigner="mirai")
    opened = connection_of("kansa", "auditor")
    return Auditor(opened.transport, opened.attester)


@pytest.mark.parametrize(("sound", "verdict"), [(True, "sound"), (False, "refused")])
def test_what_an_audit_found_is_signed_by_the_auditor(
    auditor: Auditor, shown: ShownLedger, local_hub: LocalHub, verdict: str, *, sound: bool
) -> None:
    local_hub.tell("POST", "/v1/auditor/audits", Told.of({"period": "2027-01"}, status=201))
    assert auditor.post_audit(SETTLED, "2027-01", sound=sound) == {"period": "2027-01"}
    signed = from_jws(str(local_hub.requests[-1].document["attestation"]))
    signed.check_jws(shown.signing["kansa"].public_key())
    said = signed.attestation
    assert (said.kind, said.by) == ("period.audited", "kansa")
    assert said.refs == {"settled": SETTLED}
    assert said.body == {"period": "2027-01", "verdict": verdict}


def test_the_latest_pack_is_read_as_it_is(auditor: Auditor, local_hub: LocalHub) -> None:
    told = Told(body=b"one\ntwo\n", headers={"Content-Type": "application/x-ndjson"})
    local_hub.tell("GET", "/v1/auditor/packs/latest", told)
    assert auditor.latest_pack() == b"one\ntwo\n"
