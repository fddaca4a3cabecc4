"""`relay people`: invite colleagues to the portal, and confirm the passkeys that they enrol."""

import click

from career_relay.commands.online import asked, online
from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, terminal_of
from career_relay.errors import NotDueError
from career_relay.organization import Organization, PersonAnswer
from career_relay.words import Words, same

_STATES = {
    "invited": Words(en="invited", ja="登録待ち"),
    "enrolled": Words(en="waits for your confirmation", ja="確認待ち"),
    "confirmed": Words(en="confirmed", ja="確認済み"),
}

HELP = Words(
    en="Invite colleagues to the portal and confirm their passkeys.\n\n"
    "Examples:\n"
    '  relay people invite "佐倉 花子"\n'
    "  relay people list\n"
    "  relay people confirm usr_…",
    ja="担当者をポータルに招き、パスキーを確認します。\n\n"
    "例:\n"
    '  relay people invite "佐倉 花子"\n'
    "  relay people list\n"
    "  relay people confirm usr_…",
)
INVITE_HELP = Words(
    en="Add a colleague, and get a link for them.\n\n"
    "The link enrols one passkey and is shown once. Give it to nobody else.\n\n"
    "Example:\n"
    '  relay people invite "佐倉 花子"',
    ja="担当者を加え、登録用リンクを発行します。\n\n"
    "リンクは一度だけ表示し、パスキーを一つ登録できます。本人だけに渡してください。\n\n"
    "例:\n"
    '  relay people invite "佐倉 花子"',
)
LIST_HELP = Words(
    en="List your colleagues at the portal.\n\nExample:\n  relay people list",
    ja="ポータルの担当者を一覧にします。\n\n例:\n  relay people list",
)
CONFIRM_HELP = Words(
    en="Make a colleague's passkey a key of your organization.\n\n"
    "Compare the digits with those on their screen, by telephone or in person. From then on\n"
    "what they sign at the portal counts as your organization's act.\n\n"
    "Examples:\n"
    "  relay people confirm usr_…\n"
    '  relay people confirm usr_… --check "1234 5678"      what they read to you',
    ja="担当者のパスキーを、組織の鍵として登録します。\n\n"
    "本人の画面の数字と、電話か対面で照合してください。以後、その担当者がポータルで\n"
    "署名したことは、組織の行為になります。\n\n"
    "例:\n"
    "  relay people confirm usr_…\n"
    '  relay people confirm usr_… --check "1234 5678"      本人が読み上げた数字',
)


@click.group("people", cls=SpokenGroup, words=HELP)
def people() -> None:
    """Invite colleagues to the portal and confirm their passkeys."""


@people.command("invite", cls=SpokenCommand, words=INVITE_HELP)
@click.argument("name")
@output_options
@click.pass_context
def invite(context: click.Context, name: str) -> None:
    """Add a colleague."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        invited = Organization(connection.transport, connection.attester).invite_person(name)
    terminal.say(
        Words(
            en="{name} may enrol within seven days, with this link:",
            ja="{name}さんは、7日以内に次のリンクから登録できます。",
        ).filled(name=name)
    )
    terminal.say(same(invited.enrolment_url))
    terminal.say(
        Words(
            en="Afterwards: relay people confirm {id}", ja="そのあとで: relay people confirm {id}"
        ).filled(id=invited.id)
    )
    terminal.emit({"id": invited.id, "enrolment_url": invited.enrolment_url})


@people.command("list", cls=SpokenCommand, words=LIST_HELP)
@output_options
@click.pass_context
def list_people(context: click.Context) -> None:
    """List the organization's people."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        known = Organization(connection.transport, connection.attester).people()
    terminal.table(
        Words(en="Colleagues at the portal", ja="ポータルの担当者"),
        [Words(en="name", ja="名前"), Words(en="state", ja="状態"), Words(en="id", ja="ID")],
        ((one.display_name, _state(terminal, one), one.id) for one in known),
    )
    terminal.emit(
        {
            "people": [
                {"id": one.id, "name": one.display_name, "state": one.state, "check": one.check}
                for one in known
            ]
        }
    )


@people.command("confirm", cls=SpokenCommand, words=CONFIRM_HELP)
@click.argument("person")
@click.option(
    "--check",
    default="",
    cls=SpokenOption,
    words=Words(en="The digits that they read to you.", ja="本人が読み上げた数字。"),
)
@output_options
@click.pass_context
def confirm(context: click.Context, person: str, check: str) -> None:
    """Confirm a colleague's passkey."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        organization = Organization(connection.transport, connection.attester)
        known = _enrolled(organization.people(), person)
        if check and _bare(check) != _bare(known.check):
            raise NotDueError(
                Words(
                    en=f"The hub holds another passkey for {known.display_name}: {known.check}",
                    ja=f"ハブにある{known.display_name}さんのパスキーは別のものです: {known.check}",
                ),
                Words(
                    en="Do not confirm it. Let them enrol again, and tell the office.",
                    ja="確認せず、登録をやり直してもらい、事務局に知らせてください。",
                ),
            )
        if not check and not asked(
            terminal,
            Words(
                en=f"Does {known.display_name} read these digits on their own screen?\n"
                f"  {known.check}\n",
                ja=f"{known.display_name}さんの画面の数字は、これと同じですか。\n  {known.check}\n",
            ),
        ):
            context.exit(1)
        confirmed = organization.confirm_person(known)
    terminal.say(
        Words(
            en="{name} may sign for your organization now.",
            ja="{name}さんは、組織として署名できるようになりました。",
        ).filled(name=confirmed.display_name)
    )
    terminal.emit({"id": confirmed.id, "state": confirmed.state})


def _enrolled(people_known: list[PersonAnswer], person: str) -> PersonAnswer:
    """Return a person who has enrolled a passkey."""
    known = next((one for one in people_known if one.id == person), None)
    if known is None:
        raise NotDueError(
            Words(en=f"You have no colleague {person}.", ja=f"担当者 {person} はいません。"),
            Words(en="See `relay people list`.", ja="`relay people list` をご覧ください。"),
        )
    if known.key is None:
        raise NotDueError(
            Words(
                en=f"{known.display_name} has not enrolled a passkey yet.",
                ja=f"{known.display_name}さんは、まだパスキーを登録していません。",
            ),
            Words(
                en="Let them open their link first.",
                ja="先に、本人が登録リンクを開いてください。",
            ),
        )
    return known


def _bare(digits: str) -> str:
    return "".join(sign for sign in digits if sign.isalnum()).casefold()


def _state(terminal: Terminal, person: PersonAnswer) -> str:
    return _STATES.get(person.state, same(person.state)).into(terminal.language)
