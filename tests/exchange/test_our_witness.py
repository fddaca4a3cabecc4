"""Hub and witness as organizations run them: asked by the hub, or on an errand to it."""

import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from career_relay.cli import main
from career_relay.witness.key_file import draw_key, keep_key
from career_relay.witness.serving import WitnessSettings, open_witness
from career_relay.witness.state import WitnessState
from exchange.app import create_app
from exchange.hub import Hub, open_hub
from exchange.services import ledger, published
from exchange.services.ledger import Fact
from relay_protocol import ids
from tests.story.local_hub import Asked, LocalHub, Told
from tests.story.witness_server import served


@pytest.fixture
def settings(hub: Hub, tmp_path: Path) -> WitnessSettings:
    """Return the settings of a witness that has its key and has cosigned nothing."""
    signer = draw_key("witness.example/ours")
    keep_key(signer, tmp_path / "witness.key")
    WitnessState.begin(tmp_path / "witness.db", signer.verifier)
    return WitnessSettings(
        key=tmp_path / "witness.key",
        state=tmp_path / "witness.db",
        log_keys=(hub.scheme.ledger_vkey,),
    )


@contextmanager
def watched(hub: Hub, settings: WitnessSettings, url: str, folder: Path) -> Iterator[Hub]:
    """Open the hub with a policy that asks for this one witness."""
    vkey = open_witness(settings).signer.verifier.encode()
    path = folder / "relay.policy"
    path.write_text(
        f"log {hub.scheme.ledger_vkey}\nwitness ours {vkey} {url}\nquorum ours\n", "utf-8"
    )
    opened = open_hub(replace(hub.settings, policy=path))
    try:
        yield opened
    finally:
        opened.close()


def write(hub: Hub, number: int) -> int:
    """Attest a fact and publish it; return the published size."""
    refs = {"claim": ids.new_id("clm", number.to_bytes(16, "big"))}
    with hub.work() as work:
        ledger.attest_as_hub(work, Fact(kind="claim.declined", refs=refs))
    return hub.sequence()


def newest(hub: Hub) -> bytes:
    """Return the checkpoint that readers get."""
    with hub.reading() as work:
        found = published.newest(work.session)
    assert found is not None
    return found.note


def test_the_hub_asks_our_witness_and_publishes_its_cosignature(
    hub: Hub, settings: WitnessSettings, tmp_path: Path
) -> None:
    with served(settings) as (url, _), watched(hub, settings, url, tmp_path) as opened:
        assert opened.witnesses is not None
        for number in (1, 2, 3):
            size = write(opened, number)
            witnessed = opened.witnesses.policy.check(newest(opened))
            assert witnessed.checkpoint.size == size
            assert witnessed.is_quorate


def test_a_witness_on_an_errand_reads_the_hub_and_hands_its_line_in(
    hub: Hub, settings: WitnessSettings, tmp_path: Path, translated: None
) -> None:
    with ExitStack() as stack:
        opened = stack.enter_context(watched(hub, settings, "", tmp_path))
        assert opened.witnesses is not None
        address = stack.enter_context(shown(opened))
        for number in (1, 2):
            size = write(opened, number)
            assert not opened.witnesses.policy.check(newest(opened)).is_quorate
            said = sign(address, settings)
            assert said.exit_code == 0, said.output
            # The hub of this process may write its log before what the command says.
            assert json.loads(said.stdout[said.stdout.index("{\n") :])["hub"] == {
                "size": size,
                "accepted": ["ours"],
                "quorate": True,
            }
            assert opened.witnesses.policy.check(newest(opened)).is_quorate


def test_a_witness_that_is_in_no_policy_is_told_so(
    hub: Hub, settings: WitnessSettings, tmp_path: Path, translated: None
) -> None:
    write(hub, 1)
    with ExitStack() as stack:
        opened = stack.enter_context(watched(hub, settings, "", tmp_path))
        address = stack.enter_context(shown(opened))
        stranger = draw_key("witness.example/stranger")
        keep_key(stranger, tmp_path / "stranger.key")
        WitnessState.begin(tmp_path / "stranger.db", stranger.verifier)
        theirs = replace(settings, key=tmp_path / "stranger.key", state=tmp_path / "stranger.db")
        assert sign(address, theirs).exit_code == 1


@contextmanager
def shown(hub: Hub) -> Iterator[str]:
    """Put a hub's pages on an address of this machine."""
    client = create_app(hub).test_client()
    server = LocalHub()

    def answer(asked: Asked) -> Told:
        headers = {name: value for name, value in asked.headers.items() if name != "Host"}
        answered = client.open(asked.path, method=asked.method, headers=headers, data=asked.body)
        kind = {"Content-Type": answered.headers["Content-Type"]}
        return Told(status=answered.status_code, body=answered.data, headers=kind)

    server.tell_else(answer)
    try:
        yield server.url
    finally:
        server.close()


def sign(address: str, settings: WitnessSettings) -> Result:
    """Run `relay witness sign` against a hub."""
    arguments = ["witness", "sign", "--json", "--hub", address, "--log", settings.log_keys[0]]
    arguments += ["--key", str(settings.key), "--state", str(settings.state)]
    return CliRunner().invoke(main, arguments)
