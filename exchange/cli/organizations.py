"""Commands that admit, suspend and list organizations."""

from pathlib import Path

import click

from exchange.cli.opening import as_json, opened, say
from exchange.cli.scheme import json_object
from exchange.services import organizations as services
from exchange.services.organizations import Application
from exchange.store import organizations as rows
from relay_protocol.kinds import SUSPENSION_REASONS


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@as_json
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
    waits = "" if state == "active" else f"\nIt waits for a cosigner: relay cosign {row.slug}"
    say(
        f"{row.slug} is admitted as {row.role}. Fingerprint: {fingerprint}{waits}",
        {"slug": row.slug, "state": state, "admission": admission, "fingerprint": fingerprint},
        as_json=as_json,
    )


@click.command()
@click.argument("slug")
@click.option("--reason", required=True, help=f"One of {', '.join(SUSPENSION_REASONS)}.")
@as_json
def suspend(slug: str, reason: str, *, as_json: bool) -> None:
    """Suspend an organization; its tokens and people stop at once.

    \b
    Example:
      exchange suspend hayabusa --reason licence-expired
    """
    with opened() as hub, hub.work() as work:
        services.suspend(work, slug, reason)
    say(f"{slug} is suspended.", {"slug": slug, "state": "suspended"}, as_json=as_json)


@click.command()
@as_json
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
    lines = [f"{o['slug']:<16} {o['role']:<9} {o['state']:<9} {o['fingerprint']}" for o in found]
    say("\n".join(lines), found, as_json=as_json)
