"""What is asked of `relay-audit watch` is read, and refused where it makes no sense."""

from pathlib import Path

import pytest

from relay_protocol.cli import COMMANDS, arguments
from relay_protocol.cli.arguments import options_of
from relay_protocol.cli.refusals import UsageError
from relay_protocol.cli.watch_options import Options, check

SECRET = ["--webhook=https://a.example/", "--webhook-secret=secret"]


def parse(*more: str) -> Options:
    """Return what a line asks of `watch`."""
    line = ["watch", "https://hub.example", "--state=seen", *more]
    return options_of(Options, arguments.parse(COMMANDS, line)[0])


def test_an_address_and_a_state_are_enough() -> None:
    options = parse()
    check(options)
    assert (options.source, options.state) == ("https://hub.example", Path("seen"))
    assert (options.every, options.stale_after, options.once) == (60, 60, False)
    assert (options.webhook, options.webhook_secret, options.acknowledge) == ("", None, False)


@pytest.mark.parametrize(
    "more",
    [["--every=1"], ["--stale-after=1"], SECRET, ["--slug=kansa", "--signing-key=sign.pem"]],
)
def test_options_that_go_together_are_taken(more: list[str]) -> None:
    check(parse(*more))


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (["--every=0"], "every-from-1"),
        (["--stale-after=0"], "every-from-1"),
        (SECRET[:1], "webhook-pair"),
        (SECRET[1:], "webhook-pair"),
        (["--slug=kansa"], "signer-pair"),
    ],
)
def test_options_that_make_no_sense_are_refused(more: list[str], code: str) -> None:
    with pytest.raises(UsageError) as refused:
        check(parse(*more))
    assert refused.value.code == code
