"""`relay keys`: draw the organization's keys, register further ones, show and revoke them."""

import json
from pathlib import Path

import click

from career_relay import keys as key_files
from career_relay import public_keys, rotation
from career_relay.commands.online import asked, online
from career_relay.commands.spoken import SpokenCommand, SpokenGroup, SpokenOption, output_options
from career_relay.commands.terminal import Terminal, config_of, config_path, terminal_of
from career_relay.config import RelayConfig, read_config
from career_relay.errors import NotDueError
from career_relay.keys import PURPOSES, PrivateKey, Purpose
from career_relay.organization import Organization
from career_relay.public_keys import PublicKey, PublicKeyFile
from career_relay.words import Words, same

DEFAULT_HUB = "http://localhost:8400"

_SECOND_PURPOSE: dict[str, Purpose] = {"agency": "seal", "auditor": "reveal"}
_PURPOSE_WORDS: dict[str, Words] = {
    "sign": Words(en="to sign with", ja="署名"),
    "seal": Words(en="to be sealed to", ja="封書の開封"),
    "reveal": Words(en="for reveals", ja="開示片の開封"),
    "passkey": Words(en="a person's passkey", ja="担当者のパスキー"),
    "log": Words(en="of the log", ja="監査台帳"),
    "hub": Words(en="of the hub", ja="ハブ"),
}

HELP = Words(
    en="Draw and look after the keys of your organization.\n\n"
    "Examples:\n"
    "  relay keys new --slug mirai --role member --name 株式会社みらい製作所 \\\n"
    '        --name-en "Mirai Works" --corporate-number 8000000000001\n'
    "  relay keys show",
    ja="組織の鍵を作り、管理します。\n\n"
    "例:\n"
    "  relay keys new --slug mirai --role member --name 株式会社みらい製作所 \\\n"
    '        --name-en "Mirai Works" --corporate-number 8000000000001\n'
    "  relay keys show",
)
NEW_HELP = Words(
    en="Draw your keys, and write the public key file for the office.\n\n"
    "The private keys stay on this machine (keys/, readable by you alone, never overwritten).\n"
    "Send SLUG.public.json to the office, and tell them the fingerprint by telephone.\n"
    "Without a relay.toml one is written for you.\n\n"
    "Example:\n"
    "  relay keys new --slug sakura --role agency --name さくらキャリア \\\n"
    '        --name-en "Sakura Career" --corporate-number 8000000000001 \\\n'
    "        --licence 13-ユ-000000 --licence-until 2029-03-31",
    ja="鍵を作り、事務局に渡す公開鍵ファイルを書き出します。\n\n"
    "秘密鍵はこのパソコンから出ません(keys/ に置き、本人だけが読め、上書きしません)。\n"
    "SLUG.public.json を事務局に送り、指紋を電話で伝えてください。\n"
    "relay.toml がなければ、作成します。\n\n"
    "例:\n"
    "  relay keys new --slug sakura --role agency --name さくらキャリア \\\n"
    '        --name-en "Sakura Career" --corporate-number 8000000000001 \\\n'
    "        --licence 13-ユ-000000 --licence-until 2029-03-31",
)
REGISTER_HELP = Words(
    en="Register a further key, signed by the one in use.\n\n"
    "Once you are admitted, an agency registers its sealing key and an auditor its key for\n"
    "reveals, as relay.toml names it. A new signing key is drawn where FILE is not there yet.\n\n"
    "Examples:\n"
    "  relay keys register\n"
    "  relay keys register --purpose sign --key keys/next.pem",
    ja="使用中の鍵で署名して、次の鍵を登録します。\n\n"
    "参加が認められたら、紹介会社は封書の鍵を、監査人は開示片の鍵を登録します\n"
    "(relay.toml のもの)。新しい署名鍵は、FILE がまだなければ作ります。\n\n"
    "例:\n"
    "  relay keys register\n"
    "  relay keys register --purpose sign --key keys/next.pem",
)
SHOW_HELP = Words(
    en="Show your keys and their fingerprints.\n\n"
    "With --ledger: the keys that the ledger holds for you, each with its proof checked.\n\n"
    "Example:\n"
    "  relay keys show --ledger",
    ja="鍵とその指紋を表示します。\n\n"
    "--ledger を付けると、監査台帳に載っている鍵を、証明を確かめて表示します。\n\n"
    "例:\n"
    "  relay keys show --ledger",
)
ROTATE_HELP = Words(
    en="Let a new key follow the one in use.\n\n"
    "The new key is drawn beside the old one and registered under it, and relay.toml names it\n"
    "from then on. Both stand until you revoke the old one: a signing key once every machine of\n"
    "yours has the new one; a sealing key after ten days (members seal to a new key when they\n"
    "have seen it for 24 hours, and the hub keeps envelopes for seven days). Old envelopes open\n"
    "with the old file, which stays. If it is interrupted, run it again.\n\n"
    "Examples:\n"
    "  relay keys rotate\n"
    "  relay keys rotate --purpose seal",
    ja="使用中の鍵を、新しい鍵に替えます。\n\n"
    "新しい鍵を今の鍵の隣に作り、今の鍵で署名して登録し、relay.toml を書き換えます。\n"
    "古い鍵は、失効させるまで有効です。署名鍵は、すべての端末に新しい鍵が入ったら失効させて\n"
    "ください。封書の鍵は10日後が目安です(参加企業が新しい鍵を使い始めるのは24時間後、ハブが\n"
    "封書を保管するのは7日間です)。古い封書は、残した古い鍵ファイルで開けます。\n"
    "途中で止まったときは、もう一度実行してください。\n\n"
    "例:\n"
    "  relay keys rotate\n"
    "  relay keys rotate --purpose seal",
)
REVOKE_HELP = Words(
    en="Revoke one of your keys; nothing signed with it later counts.\n\n"
    "NAME is the fingerprint (or, of a passkey, the credential id) that\n"
    "relay keys show --ledger shows. The last signing key cannot be revoked.\n\n"
    "Example:\n"
    "  relay keys revoke 3kQ…",
    ja="鍵を失効させます。以後その鍵の署名は効力を持ちません。\n\n"
    "NAME は relay keys show --ledger に出る指紋(パスキーは認証情報ID)です。\n"
    "最後の署名鍵は失効できません。\n\n"
    "例:\n"
    "  relay keys revoke 3kQ…",
)


@click.group("keys", cls=SpokenGroup, words=HELP)
def keys() -> None:
    """Draw and look after the keys of the organization."""


@keys.command("new", cls=SpokenCommand, words=NEW_HELP)
@click.option("--slug", required=True, cls=SpokenOption, words=Words(en="Short name.", ja="略称。"))
@click.option(
    "--role",
    required=True,
    type=click.Choice(["member", "agency", "auditor"]),
    cls=SpokenOption,
    words=Words(en="What you take part as.", ja="参加の立場。"),
)
@click.option("--name", required=True, cls=SpokenOption, words=Words(en="Name.", ja="名称。"))
@click.option(
    "--name-en",
    required=True,
    cls=SpokenOption,
    words=Words(en="Name in English.", ja="英語の名称。"),
)
@click.option(
    "--corporate-number",
    required=True,
    cls=SpokenOption,
    words=Words(en="法人番号, 13 digits.", ja="法人番号(13桁)。"),
)
@click.option(
    "--group",
    default="",
    cls=SpokenOption,
    words=Words(
        en="法人番号 of the group's head; your own unless given.",
        ja="企業グループの親会社の法人番号。なければ自社のもの。",
    ),
)
@click.option(
    "--licence",
    default="",
    cls=SpokenOption,
    words=Words(en="An agency's licence number.", ja="紹介会社の許可番号。"),
)
@click.option(
    "--licence-until",
    default="",
    cls=SpokenOption,
    words=Words(en="The licence's last day, YYYY-MM-DD.", ja="許可の有効期限(YYYY-MM-DD)。"),
)
@click.option(
    "--contact",
    default="",
    cls=SpokenOption,
    words=Words(en="Where the office reaches you.", ja="事務局からの連絡先。"),
)
@click.option(
    "--hub",
    default=DEFAULT_HUB,
    show_default=True,
    cls=SpokenOption,
    words=Words(en="The hub's address, for relay.toml.", ja="ハブのアドレス(relay.toml 用)。"),
)
@output_options
@click.pass_context
def new(context: click.Context, /, hub: str, **told: str) -> None:
    """Draw the organization's keys and write its public key file."""
    terminal = terminal_of(context)
    toml = config_path(context)
    places = _places(toml, told["slug"], told["role"])
    drawn: dict[Purpose, PrivateKey] = {purpose: key_files.draw(purpose) for purpose in places}
    public = PublicKeyFile(
        **{name: text.strip() for name, text in told.items() if name != "group"},
        group=told["group"].strip() or told["corporate_number"].strip(),
        keys=tuple(PublicKey.of(purpose, key) for purpose, key in drawn.items()),
    )
    place = toml.resolve().parent / f"{public.slug}.public.json"
    if place.exists():
        raise NotDueError(
            Words(en=f"{place} is there already.", ja=f"{place} はすでにあります。"),
            Words(
                en="Your keys were drawn before: see `relay keys show`.",
                ja="鍵は作成済みです。`relay keys show` をご覧ください。",
            ),
        )
    for purpose, key in drawn.items():
        key_files.keep(key, places[purpose])
    public_keys.keep(public, place)
    if not toml.exists():
        _write_settings(toml, public, places, hub)
    _tell_drawn(terminal, public, place)


@keys.command("register", cls=SpokenCommand, words=REGISTER_HELP)
@click.option(
    "--purpose",
    type=click.Choice(PURPOSES),
    default=None,
    cls=SpokenOption,
    words=Words(en="What the key is for.", ja="鍵の用途。"),
)
@click.option(
    "--key",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    default=None,
    cls=SpokenOption,
    words=Words(en="The private key's file.", ja="秘密鍵のファイル。"),
)
@output_options
@click.pass_context
def register(context: click.Context, purpose: Purpose | None, file: Path | None) -> None:
    """Register a further key."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        meant = purpose or _SECOND_PURPOSE.get(connection.config.role)
        if meant is None:
            raise NotDueError(
                Words(
                    en="A member needs no key but the one it was admitted with.",
                    ja="参加企業に必要な鍵は、参加時の署名鍵だけです。",
                ),
                Words(
                    en="For a new signing key: --purpose sign --key FILE",
                    ja="署名鍵を替えるときは --purpose sign --key FILE を付けてください。",
                ),
            )
        public = PublicKey.of(meant, _key_to_register(connection.config, meant, file))
        organization = Organization(connection.transport, connection.attester)
        answer = organization.register_key(meant, public.jwk)
    terminal.say(
        Words(
            en="Registered: the key {purpose}, fingerprint {kid}.",
            ja="登録しました: {purpose}の鍵、指紋 {kid}",
        ).filled(purpose=_PURPOSE_WORDS[meant], kid=answer.name)
    )
    terminal.emit({"purpose": answer.purpose, "name": answer.name, "revoked": answer.revoked})


@keys.command("show", cls=SpokenCommand, words=SHOW_HELP)
@click.option(
    "--ledger",
    "on_ledger",
    is_flag=True,
    cls=SpokenOption,
    words=Words(en="What the ledger holds.", ja="監査台帳に載っている鍵。"),
)
@output_options
@click.pass_context
def show(context: click.Context, *, on_ledger: bool) -> None:
    """Show the organization's keys."""
    terminal = terminal_of(context)
    rows = _on_ledger(context, terminal) if on_ledger else _on_this_machine(config_of(context))
    for purpose, name, place in rows:
        # Not a table: a fingerprint that is cut off serves nobody.
        terminal.say(_PURPOSE_WORDS[purpose], style="bold")
        terminal.say(same(f"  {name}\n  {place}"))
    terminal.emit(
        {"keys": [{"purpose": purpose, "name": name, "where": w} for purpose, name, w in rows]}
    )


@keys.command("rotate", cls=SpokenCommand, words=ROTATE_HELP)
@click.option(
    "--purpose",
    type=click.Choice(PURPOSES),
    default="sign",
    show_default=True,
    cls=SpokenOption,
    words=Words(en="Which key.", ja="どの鍵を替えるか。"),
)
@output_options
@click.pass_context
def rotate(context: click.Context, purpose: Purpose) -> None:
    """Let a new key follow the one in use."""
    terminal = terminal_of(context)
    with online(context, terminal) as connection:
        rotated = rotation.rotate(connection, purpose, config_path(context))
    terminal.say(
        Words(
            en="The new key {purpose} is registered and in use: {name}\n{file}\n"
            "Copy the file to wherever you keep a copy of your keys. Later, revoke the old one:\n"
            "  relay keys revoke {before}",
            ja="{purpose}の新しい鍵を登録し、使い始めました: {name}\n{file}\n"
            "鍵の控えの保管先に、このファイルも写してください。後で、古い鍵を失効させてください:\n"
            "  relay keys revoke {before}",
        ).filled(
            purpose=_PURPOSE_WORDS[purpose],
            name=rotated.name,
            file=str(rotated.file),
            before=rotated.before,
        )
    )
    terminal.emit(
        {
            "purpose": purpose,
            "name": rotated.name,
            "before": rotated.before,
            "file": str(rotated.file),
        }
    )


@keys.command("revoke", cls=SpokenCommand, words=REVOKE_HELP)
@click.argument("name")
@click.option(
    "--yes", is_flag=True, cls=SpokenOption, words=Words(en="Do not ask.", ja="確認なし。")
)
@output_options
@click.pass_context
def revoke(context: click.Context, name: str, *, yes: bool) -> None:
    """Revoke one of the organization's keys."""
    terminal = terminal_of(context)
    question = Words(
        en=f"Revoke {name}? It cannot be taken back.",
        ja=f"{name} を失効させますか。元に戻せません。",
    )
    if not yes and not asked(terminal, question):
        context.exit(0)
    with online(context, terminal) as connection:
        answer = Organization(connection.transport, connection.attester).revoke_key(name)
    terminal.say(Words(en=f"{name} is revoked.", ja=f"{name} を失効させました。"))
    terminal.emit({"purpose": answer.purpose, "name": answer.name, "revoked": answer.revoked})


def _places(toml: Path, slug: str, role: str) -> dict[Purpose, Path]:
    """Return where each key that a role needs belongs: where relay.toml says, or below keys/."""
    folder = toml.resolve().parent / "keys"
    signing: Path | None = None
    second: Path | None = None
    if toml.exists():
        config = read_config(toml)
        if (config.slug, config.role) != (slug, role):
            raise NotDueError(
                Words(
                    en=f"{toml} is that of {config.slug} ({config.role}).",
                    ja=f"{toml} は {config.slug}({config.role})のものです。",
                ),
                Words(
                    en="Use another folder for another organization.",
                    ja="別の組織には、別のフォルダーをお使いください。",
                ),
            )
        signing, second = config.signing_key, config.sealing_key
    places: dict[Purpose, Path] = {"sign": signing or folder / f"{slug}.sign.pem"}
    if role in _SECOND_PURPOSE:
        purpose = _SECOND_PURPOSE[role]
        places[purpose] = second or folder / f"{slug}.{purpose}.pem"
    return places


def _write_settings(
    toml: Path, public: PublicKeyFile, places: dict[Purpose, Path], hub: str
) -> None:
    """Write a first relay.toml beside the keys."""
    settings = {"hub": hub, "slug": public.slug, "role": public.role}
    for purpose, place in places.items():
        setting = "signing_key" if purpose == "sign" else "sealing_key"
        settings[setting] = place.relative_to(toml.resolve().parent).as_posix()
    settings |= {"store": "assets.db", "letters": "letters"}
    company = {
        "name": public.name,
        "name_en": public.name_en,
        "contact": public.contact,
        "sender": public.contact,
    }
    lines = [*_toml_lines(settings)]
    if public.role == "member":
        lines += ["", "[company]", *_toml_lines(company)]
    toml.write_text("\n".join([*lines, ""]), encoding="utf-8")


def _toml_lines(settings: dict[str, str]) -> list[str]:
    # A JSON string is also a basic string of TOML.
    return [f"{name} = {json.dumps(text, ensure_ascii=False)}" for name, text in settings.items()]


def _tell_drawn(terminal: Terminal, public: PublicKeyFile, place: Path) -> None:
    fingerprint = public.keys[0].kid
    terminal.say(
        Words(
            en="Your keys are drawn. Send this file to the office: {place}\n"
            "Tell them your fingerprint by telephone: {fingerprint}",
            ja="鍵を作りました。このファイルを事務局に送ってください: {place}\n"
            "指紋を電話で伝えてください: {fingerprint}",
        ).filled(place=str(place), fingerprint=fingerprint)
    )
    terminal.emit(
        {
            "slug": public.slug,
            "public_key_file": str(place),
            "fingerprint": fingerprint,
            "keys": [{"purpose": key.purpose, "name": key.kid} for key in public.keys],
        }
    )


def _key_to_register(config: RelayConfig, purpose: Purpose, file: Path | None) -> PrivateKey:
    """Return the key that a file holds, a new signing key being drawn where it does not yet."""
    if purpose != "sign":
        return key_files.load_sealing_key(file or config.sealing_key)
    if file is None:
        raise NotDueError(
            Words(
                en="Name the new signing key's file: --key FILE",
                ja="新しい署名鍵のファイルを --key FILE で指定してください。",
            )
        )
    if not file.exists():
        key_files.keep(key_files.draw("sign"), file)
    return key_files.load_signing_key(file)


def _on_this_machine(config: RelayConfig) -> list[tuple[str, str, str]]:
    """Return purpose, fingerprint and file of the keys that relay.toml names."""
    signing = key_files.load_signing_key(config.signing_key)
    rows = [("sign", PublicKey.of("sign", signing).kid, str(config.signing_key))]
    purpose = _SECOND_PURPOSE.get(config.role)
    if purpose is not None and config.sealing_key is not None:
        second = key_files.load_sealing_key(config.sealing_key)
        rows.append((purpose, PublicKey.of(purpose, second).kid, str(config.sealing_key)))
    return rows


def _on_ledger(context: click.Context, terminal: Terminal) -> list[tuple[str, str, str]]:
    """Return purpose, name and entry of the keys that the ledger holds for the organization."""
    with online(context, terminal) as connection:
        directory = connection.pins.refresh()
        slug = connection.config.slug
    entry = Words(en="entry {seq} of the ledger", ja="監査台帳の記載 {seq}")
    return [
        (key.purpose, key.name, entry.filled(seq=key.seq).into(terminal.language))
        for purpose in (*PURPOSES, "passkey")
        for key in directory.keys_of(slug, purpose)
    ]
