"""`relay cosign`: vouch for the key of another organization, after comparing its fingerprint."""

import click

from career_relay.commands.online import asked, online
from career_relay.commands.spoken import SpokenCommand, SpokenOption, output_options
from career_relay.commands.terminal import terminal_of
from career_relay.errors import NotDueError, NotReadyError
from career_relay.organization import Organization
from career_relay.words import Words
from relay_protocol.directory import AdmittedOrganization

HELP = Words(
    en="Sign that you have compared another organization's fingerprint.\n\n"
    "The office alone can admit nobody: one other organization compares the key with the\n"
    "newcomer itself, by telephone, and signs. Without SLUG: who is waiting.\n\n"
    "Examples:\n"
    "  relay cosign\n"
    "  relay cosign sakura\n"
    "  relay cosign sakura --fingerprint 3kQ…      what sakura told you",
    ja="ほかの組織の指紋を確かめたことに署名します。\n\n"
    "事務局だけでは参加を認められません。別の組織が、参加する組織と電話で鍵を照合し、\n"
    "署名します。SLUG を付けないと、署名を待つ組織を一覧にします。\n\n"
    "例:\n"
    "  relay cosign\n"
    "  relay cosign sakura\n"
    "  relay cosign sakura --fingerprint 3kQ…      相手から聞いた指紋",
)


@click.command("cosign", cls=SpokenCommand, words=HELP)
@click.argument("slug", required=False)
@click.option(
    "--fingerprint",
    default="",
    cls=SpokenOption,
    words=Words(en="What the organization told you.", ja="相手の組織から聞いた指紋。"),
)
@output_options
@click.pass_context
def cosign(context: click.Context, slug: str | None, fingerprint: str) -> None:
    """Sign that another organization's fingerprint was compared."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        organization = Organization(connection.transport, connection.attester)
        directory = connection.pins.refresh()
        if slug is None:
            waiting = [org for org in directory.organizations() if org.state == "pending"]
            terminal.table(
                Words(en="Waiting for a cosigner", ja="署名を待つ組織"),
                [Words(en="slug", ja="略称"), Words(en="fingerprint", ja="指紋")],
                ((org.slug, org.fingerprint) for org in waiting),
            )
            terminal.emit(
                {"waiting": [{"slug": o.slug, "fingerprint": o.fingerprint} for o in waiting]}
            )
            return
        admitted = directory.organization(slug)
        if admitted is None:
            raise NotReadyError(
                Words(
                    en=f"The ledger does not show an admission of {slug}.",
                    ja=f"監査台帳に {slug} の参加はまだありません。",
                ),
                Words(
                    en="Check the name, or try again in a few seconds.",
                    ja="略称を確かめるか、数秒後にもう一度お試しください。",
                ),
            )
        if fingerprint:
            _require_same(admitted, fingerprint)
        elif not asked(
            terminal,
            Words(
                en=f"Fingerprint of {slug}: {admitted.fingerprint}\n"
                f"Has {slug} itself told you the same by telephone?",
                ja=f"{slug} の指紋: {admitted.fingerprint}\n"
                f"{slug} 本人から電話で聞いたものと同じですか。",
            ),
        ):
            context.exit(1)
        answer = organization.cosign(admitted.admission, admitted.fingerprint)
    terminal.say(
        Words(
            en=f"You have cosigned {answer.slug}; it takes part from now on.",
            ja=f"{answer.slug} の参加に署名しました。これで利用を始められます。",
        )
    )
    terminal.emit({"slug": answer.slug, "state": answer.state})


def _require_same(admitted: AdmittedOrganization, fingerprint: str) -> None:
    """Refuse to vouch for a key that is not the one that was told."""
    if fingerprint.strip() != admitted.fingerprint:
        raise NotDueError(
            Words(
                en=f"The ledger holds another key for {admitted.slug}: {admitted.fingerprint}",
                ja=f"監査台帳の {admitted.slug} の鍵は別のものです: {admitted.fingerprint}",
            ),
            Words(
                en="Do not sign. Tell the office and an auditor.",
                ja="署名せず、事務局と監査人に知らせてください。",
            ),
        )
