"""Commands that admit, suspend and list organizations."""

from pathlib import Path

import click

from exchange.cli.opening import opened, say
from exchange.cli.scheme import json_object
from exchange.cli.spoken import SpokenCommand, in_column, option, output_options, spoken
from exchange.services import organizations as services
from exchange.services.organizations import Application
from exchange.store import organizations as rows
from relay_protocol.kinds import SUSPENSION_REASONS

ADMIT_JA = """
FILE(公開鍵のファイル)の組織の参加を認めます。

FILE は、その組織が `relay keys new` で作ります。先に、指紋をその組織と電話で照合して
ください。別の組織も照合して連署(`relay cosign SLUG`)すると、参加が有効になります。

例:
  exchange admit mirai.public.json
"""

SUSPEND_JA = """
組織の参加を停止します。

その組織のトークンと担当者は、すぐに使えなくなります。

例:
  exchange suspend hayabusa --reason licence-expired
"""

ORGANIZATIONS_JA = """
制度の組織を、状態と指紋とともに一覧にします。

プログラムで読むとき:
  exchange organizations --json
"""

_ROLES_JA = {"member": "参加企業", "agency": "紹介会社", "auditor": "監査人", "operator": "事務局"}
_STATES_JA = {"pending": "連署待ち", "active": "有効", "suspended": "停止中"}


@click.command(cls=SpokenCommand, ja=ADMIT_JA)
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@output_options
def admit(file: Path, *, as_json: bool) -> None:
    """Admit the organization of a public key FILE, made by `relay keys new`.

    Compare the fingerprint with the organization by telephone before you do. It becomes active
    when another organization has compared it too and signed: `relay cosign SLUG`.

    \b
    Example:
      exchange admit mirai.public.json
    """
    with opened() as hub:
        application = Application.from_document(json_object(file))
        with hub.work() as work:
            row = services.admit(work, application)
            fingerprint = rows.keys(work.session, row.slug, purpose="sign")[0].name
            state, admission = row.state, row.admission_id
    waits = spoken(
        en=f"\nIt waits for a cosigner: relay cosign {row.slug}",
        ja=f"\n別の組織の連署を待っています: relay cosign {row.slug}",
    )
    said = spoken(
        en=f"{row.slug} is admitted as {row.role}. Fingerprint: {fingerprint}",
        ja=f"{row.slug} の参加を認めました({_ROLES_JA[row.role]})。指紋: {fingerprint}",
    )
    say(
        said if state == "active" else f"{said}{waits}",
        {"slug": row.slug, "state": state, "admission": admission, "fingerprint": fingerprint},
        as_json=as_json,
    )


@click.command(cls=SpokenCommand, ja=SUSPEND_JA)
@click.argument("slug")
@option(
    "--reason",
    required=True,
    help=f"One of {', '.join(SUSPENSION_REASONS)}.",
    ja=f"理由。次のどれか: {', '.join(SUSPENSION_REASONS)}",
)
@output_options
def suspend(slug: str, reason: str, *, as_json: bool) -> None:
    """Suspend an organization; its tokens and people stop at once.

    \b
    Example:
      exchange suspend hayabusa --reason licence-expired
    """
    with opened() as hub, hub.work() as work:
        services.suspend(work, slug, reason)
    text = spoken(en=f"{slug} is suspended.", ja=f"{slug} の参加を停止しました。")
    say(text, {"slug": slug, "state": "suspended"}, as_json=as_json)


@click.command(cls=SpokenCommand, ja=ORGANIZATIONS_JA)
@output_options
def organizations(*, as_json: bool) -> None:
    """List the organizations of the scheme with their state and fingerprint.

    \b
    Example, for a program:
      exchange organizations --json
    """
    with opened() as hub, hub.reading() as work:
        found = [
            {
                "slug": row.slug,
                "role": row.role,
                "state": row.state,
                "fingerprint": rows.keys(work.session, row.slug, purpose="sign")[0].name,
            }
            for row in rows.organizations(work.session)
        ]
    lines = [
        f"{o['slug']:<16} {in_column(spoken(en=o['role'], ja=_ROLES_JA[o['role']]), 9)} "
        f"{in_column(spoken(en=o['state'], ja=_STATES_JA[o['state']]), 9)} {o['fingerprint']}"
        for o in found
    ]
    say("\n".join(lines), found, as_json=as_json)
