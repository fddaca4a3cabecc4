"""Commands for the keys of the operator, the hub and the log: one follows another."""

import click

from exchange.cli.opening import opened, say
from exchange.cli.spoken import SpokenGroup, language_option, option, output_options, spoken
from exchange.services import key_rotation, own_keys
from exchange.services.own_keys import HUB, LOG, OPERATOR
from exchange.vault import keyring

_PURPOSES = click.Choice([LOG, HUB, OPERATOR])
_WHOSE_JA = own_keys.IN_JAPANESE
_AFTERWARDS = {
    LOG: "Both keys sign every checkpoint now. Publish the new verifier key where you published "
    "the old one, and add it as a `log` line to the policies of your witnesses and auditors:\n"
    "  {vkey}",
    HUB: "The hub attests with the new key from now on.",
    OPERATOR: "The office signs with the new key from now on.",
}
_AFTERWARDS_JA = {
    LOG: "これからの要約署名には、両方の鍵で署名します。新しい検証鍵を、前の鍵と同じところで"
    "公開し、\n立会人と監査人のポリシーに `log` の行として加えてください。\n  {vkey}",
    HUB: "これからハブの申告には、新しい鍵で署名します。",
    OPERATOR: "これから事務局は、新しい鍵で署名します。",
}

KEYS_JA = """
台帳、ハブ、事務局の鍵を管理します。

log       台帳の鍵。要約署名に使います。監査人や立会人が手元に置いています
hub       ハブの鍵。ご本人の同意など、ハブの申告に使います
operator  事務局の鍵。事務局の申告(これらの鍵の登録や失効も)に使います

鍵の交代では、二つの鍵が同時に有効な期間を置きます。新しい鍵が本物であることを、だれもが
前の鍵で署名された台帳で確かめられるようにするためです。その後、前の鍵を失効させます。動いている
ハブは、同じ EXCHANGE_KEYS を読んでいれば、再起動しなくても従います。

年に一度:
  exchange keys rotate log
  … 7日以上おいて …
  exchange keys retire log
"""

LIST_JA = """
鍵を、指紋、ファイル、状態とともに一覧にします。

プログラムで読むとき:
  exchange keys list --json
"""

ROTATE_JA = """
いまの鍵に続く新しい鍵を作り、台帳に登録します。

新しいファイルは、EXCHANGE_KEYS の、前の鍵の隣にできます。鍵のバックアップ
にも加えてください。途中で止まったときは、もう一度実行すると、作った鍵のまま続けます。

例:
  exchange keys rotate log
"""

RETIRE_JA = """
二つの鍵のうち古いほうを失効させます。

失効した後の署名は認められません。二つとも有効な間に台帳を見ていない人には、台帳の新しい検証鍵を別の方法で伝える必要が
あります。そのため、7日以上は二つとも有効にしておきます。試行用の制度では待ちません。

例:
  exchange keys retire log
  exchange keys retire hub --now       (鍵が人の手に渡ったとき)
"""


@click.group(cls=SpokenGroup, ja=KEYS_JA)
@language_option
def keys() -> None:
    """Look after the keys of the log, of the hub and of the office itself.

    \b
    log       signs checkpoints; clients, auditors and witnesses have pinned it
    hub       signs what the hub attests, such as candidates' consents
    operator  signs the office's own acts, among them every change of these keys

    A key is followed by another one while both stand, so that everybody sees on the ledger, under
    the old key, that the new one is yours. Then the old one is retired. A running hub takes part
    without a restart, if it reads the same EXCHANGE_KEYS.

    \b
    Once a year:
      exchange keys rotate log
      … at least 7 days later …
      exchange keys retire log
    """


@keys.command("list", ja=LIST_JA)
@output_options
def list_keys(*, as_json: bool) -> None:
    """List the keys with their fingerprints, files and state.

    \b
    Example, for a program:
      exchange keys list --json
    """
    with opened() as hub, hub.reading() as work:
        found = []
        for purpose in own_keys.PURPOSE_ON_LEDGER:
            for key in own_keys.keys(work, purpose):
                file = keyring.file_of(hub.settings.keys, purpose, key.name)
                vkey = own_keys.verifier_of(work, key).encode() if purpose == LOG else ""
                found.append(
                    {
                        "purpose": purpose,
                        "name": key.name,
                        "state": "stands" if key.stands else "revoked",
                        "file": "" if file is None else str(file),
                        "vkey": vkey,
                    }
                )
    lines = []
    for one in found:
        stands = one["state"] == "stands"
        state = spoken(en=f"{one['state']:<8}", ja="有効" if stands else "失効")
        lines.append(f"{one['purpose']:<9} {state} {one['name']}")
        missing = (
            spoken(en="NO FILE IN EXCHANGE_KEYS", ja="EXCHANGE_KEYS にファイルがありません")
            if stands
            else spoken(en="no file any more", ja="ファイルは残っていません")
        )
        lines.append(f"  {one['file'] or missing}")
        if one["vkey"]:
            lines.append(f"  {one['vkey']}")
    say("\n".join(lines), found, as_json=as_json)


@keys.command("rotate", ja=ROTATE_JA)
@click.argument("purpose", type=_PURPOSES)
@output_options
def rotate(purpose: str, *, as_json: bool) -> None:
    """Draw a key that follows the one in use, and register it on the ledger.

    The new file lies beside the old one in EXCHANGE_KEYS: copy it to wherever you keep a copy of
    the keys. If this command is interrupted, run it again: it goes on with the key it has drawn.

    \b
    Example:
      exchange keys rotate log
    """
    with opened() as hub:
        with hub.reading() as work:
            under_way = key_rotation.is_under_way(work, purpose)
            drawn = key_rotation.undrawn(work, purpose)
        if not under_way:
            private = drawn or keyring.draw(hub.settings.keys, purpose)[1]
            with hub.work() as work:
                key_rotation.register(work, purpose, private)
        hub.sequence()
        with hub.reading() as work:
            newest = own_keys.standing(work, purpose)[-1]
            file = keyring.file_of(hub.settings.keys, purpose, newest.name)
            vkey = own_keys.verifier_of(work, newest).encode() if purpose == LOG else ""
    say(
        _told(purpose, newest.name, str(file), vkey, under_way=under_way),
        {
            "purpose": purpose,
            "name": newest.name,
            "file": str(file),
            "vkey": vkey,
            "drawn": not under_way,
        },
        as_json=as_json,
    )


@keys.command("retire", ja=RETIRE_JA)
@click.argument("purpose", type=_PURPOSES)
@option(
    "--key",
    "name",
    default="",
    help="Which one; the oldest that stands unless given.",
    ja="どの鍵か。指定がなければ、有効な鍵のうち最も古いもの。",
)
@option(
    "--now",
    "at_once",
    is_flag=True,
    help="Although it is less than 7 days: emergency.",
    ja="緊急のため、7日を待たずに失効させます。",
)
@output_options
def retire(purpose: str, name: str, *, at_once: bool, as_json: bool) -> None:
    """Revoke the older of two keys; nothing signed with it later counts.

    Whoever has not looked at the ledger while both stood must be told the new verifier key of
    the log by you: that is why both stand for 7 days at least. In a demo they need not.

    \b
    Examples:
      exchange keys retire log
      exchange keys retire hub --now       (the key is in the wrong hands)
    """
    with opened() as hub, hub.work() as work:
        retired = key_rotation.retire(work, purpose, name=name, at_once=at_once)
        file = keyring.file_of(hub.settings.keys, purpose, retired.name)
    told = [
        spoken(
            en=f"{retired.name} is revoked. {retired.by} stands.",
            ja=f"{retired.name} は失効しました。{retired.by} が有効です。",
        )
    ]
    if file is not None:
        needless = "Its file is not needed any more:"
        told.append(f"{spoken(en=needless, ja='ファイルはもう要りません:')} {file}")
    if retired.is_short:
        days = retired.overlap.days
        told.append(
            spoken(
                en=f"Warning: both stood for {days} days only. Tell everybody who has not "
                "looked meanwhile the fingerprint of the new key by another way.",
                ja=f"注意: 二つとも有効だったのは {days} 日だけです。その間に台帳を見ていない"
                "人には、新しい鍵の指紋を別の方法で伝えてください。",
            )
        )
    say(
        "\n".join(told),
        {
            "purpose": purpose,
            "revoked": retired.name,
            "stands": retired.by,
            "overlap_s": int(retired.overlap.total_seconds()),
            "short": retired.is_short,
        },
        as_json=as_json,
    )


def _told(purpose: str, name: str, file: str, vkey: str, *, under_way: bool) -> str:
    """Return what is said of a key that follows another, and what comes next."""
    days = key_rotation.OVERLAP.days
    if under_way:
        began = spoken(
            en=f"Two keys of the {purpose} stand already; nothing was drawn. "
            f"The newer one is {name}, in {file}.",
            ja=f"{_WHOSE_JA[purpose]}の鍵は、すでに二つ有効です。新しい鍵は作りませんでした。"
            f"\n新しいほう: {name}({file})",
        )
    else:
        began = spoken(
            en=f"Registered: the new key of the {purpose}, {name}, in {file}.",
            ja=f"{_WHOSE_JA[purpose]}の新しい鍵を登録しました: {name}({file})",
        )
    after = spoken(en=_AFTERWARDS[purpose], ja=_AFTERWARDS_JA[purpose]).format(vkey=vkey)
    later = spoken(en=f"In {days} days:", ja=f"{days} 日後に:")
    return f"{began}\n{after}\n{later} exchange keys retire {purpose}"
