"""What `relay.toml` says: who we are, where hub, keys, store and letters are. Read once."""

import re
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, cast

from career_relay.errors import RelayError
from career_relay.words import Language, Words
from relay_protocol.errors import PolicyError
from relay_protocol.policy import Policy

Role = Literal["member", "agency", "auditor"]
Table = dict[str, object]

_SLUG = re.compile(r"[a-z][a-z0-9-]{1,30}")
_ROLES: tuple[Role, ...] = ("member", "agency", "auditor")
_TOP = {
    *("hub", "ledger", "slug", "role", "signing_key", "sealing_key", "store", "letters"),
    *("clock", "policy"),
}
_SECTIONS = {
    "company": {"name", "name_en", "contact", "sender"},
    "invitation": {"recent_days", "valid_days", "templates", "evaluation"},
}


class ConfigError(RelayError):
    """The configuration is missing, is not TOML, or says something that cannot be meant.

    Attributes:
        setting: its name, with the section before it; "" where it is the whole file.
    """

    def __init__(self, path: Path, setting: str, reason: Words) -> None:
        place = f"{path}: {setting}" if setting else str(path)
        super().__init__(
            Words(en="{place} {reason}.", ja="{place} {reason}。").filled(
                place=place, reason=reason
            )
        )
        self.setting = setting


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """How the member signs its letters: names in both languages, the contact for questions."""

    name: str = ""
    name_en: str = ""
    contact: str = ""
    sender: str = ""

    def called(self, language: Language) -> str:
        """Return the company's name in a language, or the one name there is."""
        return (self.name_en or self.name) if language == "en" else (self.name or self.name_en)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationSettings:
    """Whom to invite and for how long: days since the decision, days a link stays open."""

    recent_days: int = 180
    valid_days: int = 60
    templates: Path | None = None
    evaluation: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RelayConfig:
    """Everything `relay.toml` says, with paths made absolute against the file's own folder."""

    hub: str
    slug: str
    role: Role
    store: Path
    letters: Path
    ledger: str = ""
    signing_key: Path | None = None
    sealing_key: Path | None = None
    clock: Path | None = None
    policy: Path | None = None
    company: Company = field(default_factory=Company)
    invitation: InvitationSettings = field(default_factory=InvitationSettings)


def read_config(path: Path) -> RelayConfig:
    """Return the configuration in a file.

    Raises:
        ConfigError: the file is missing or not TOML, or a setting is unknown, missing or of
            the wrong type; the error names the setting.
    """
    try:
        table: Table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError(path, "", _NOT_HERE) from error
    except OSError as error:
        raise ConfigError(path, "", _NOT_READ) from error
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(
            path,
            "",
            Words(
                en="is not TOML in UTF-8 ({fault})", ja="はUTF-8のTOMLとして読めません({fault})"
            ).filled(fault=str(error)),
        ) from error
    reader = _Reader(path, table)
    reader.refuse_unknown()
    return RelayConfig(
        hub=reader.text("hub").rstrip("/"),
        slug=reader.slug(),
        role=reader.role(),
        store=reader.place("store") or path.resolve().parent / "assets.db",
        letters=reader.place("letters") or path.resolve().parent / "letters",
        ledger=reader.text("ledger", default=""),
        signing_key=reader.place("signing_key"),
        sealing_key=reader.place("sealing_key"),
        clock=reader.place("clock"),
        policy=reader.place("policy"),
        company=Company(
            name=reader.text("name", section="company", default=""),
            name_en=reader.text("name_en", section="company", default=""),
            contact=reader.text("contact", section="company", default=""),
            sender=reader.text("sender", section="company", default=""),
        ),
        invitation=InvitationSettings(
            recent_days=reader.days("recent_days", default=180),
            valid_days=reader.days("valid_days", default=60),
            templates=reader.place("templates", section="invitation"),
            evaluation=reader.choice("evaluation"),
        ),
    )


def read_policy(path: Path | None) -> Policy | None:
    """Return the policy in a file (C2SP tlog-policy), or None where none is configured.

    Raises:
        ConfigError: the file cannot be read, or is no policy.
    """
    if path is None:
        return None
    try:
        return Policy.decode(path.read_bytes())
    except OSError as error:
        raise ConfigError(path, "", _NOT_READ) from error
    except PolicyError as error:
        raise ConfigError(
            path,
            "",
            Words(
                en="is no policy ({fault})", ja="は立会人のポリシーとして読めません({fault})"
            ).filled(fault=str(error)),
        ) from error


class _Reader:
    """Takes settings out of the parsed table, each checked, each refusal naming the setting."""

    def __init__(self, path: Path, table: Table) -> None:
        self._path = path
        self._table = table

    def refuse_unknown(self) -> None:
        for name in self._table:
            if name not in _TOP and name not in _SECTIONS:
                raise ConfigError(self._path, name, _UNKNOWN)
        for section, names in _SECTIONS.items():
            for name in self._section(section):
                if name not in names:
                    raise ConfigError(self._path, f"{section}.{name}", _UNKNOWN)

    def text(self, name: str, *, section: str = "", default: str | None = None) -> str:
        value = self._section(section).get(name, default)
        if value is None:
            raise ConfigError(self._path, name, _MISSING)
        if not isinstance(value, str):
            raise ConfigError(self._path, name, _TEXT)
        return value

    def place(self, name: str, *, section: str = "") -> Path | None:
        written = self.text(name, section=section, default="")
        return self._path.resolve().parent / written if written else None

    def slug(self) -> str:
        slug = self.text("slug")
        if not _SLUG.fullmatch(slug):
            raise ConfigError(self._path, "slug", _SLUG_FORM)
        return slug

    def role(self) -> Role:
        written = self.text("role", default="member")
        for role in _ROLES:
            if written == role:
                return role
        raise ConfigError(self._path, "role", _ROLE_FORM)

    def days(self, name: str, *, default: int) -> int:
        value = self._section("invitation").get(name, default)
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 365:  # noqa: PLR2004
            raise ConfigError(self._path, f"invitation.{name}", _DAYS_FORM)
        return value

    def choice(self, name: str) -> bool:
        value = self._section("invitation").get(name, False)
        if not isinstance(value, bool):
            raise ConfigError(self._path, f"invitation.{name}", _CHOICE_FORM)
        return value

    def _section(self, section: str) -> Table:
        if not section:
            return self._table
        table = self._table.get(section, {})
        if not isinstance(table, dict):
            raise ConfigError(self._path, section, _SECTION_FORM)
        return cast("Table", table)


_NOT_HERE = Words(
    en="is not there: name yours with --config FILE, or make one with relay keys new",
    ja="がありません。--config FILE で指定するか、relay keys new で作ってください",
)
_NOT_READ = Words(en="cannot be read", ja="を開けません")
_UNKNOWN = Words(en="is no setting that is known here", ja="という設定はありません")
_MISSING = Words(en="is missing", ja="がありません")
_TEXT = Words(en="must be text in quotation marks", ja="は引用符で囲んだ文字列にしてください")
_SLUG_FORM = Words(
    en="must be 2 to 31 of a-z, 0-9 and -, a letter first",
    ja="は英小文字で始まる2〜31文字(a-z、0-9、-)にしてください",
)
_ROLE_FORM = Words(
    en="must be member, agency or auditor", ja="はmember・agency・auditorのどれかにしてください"
)
_DAYS_FORM = Words(en="must be 1 to 365 days", ja="は1〜365の日数にしてください")
_CHOICE_FORM = Words(en="must be true or false", ja="はtrueかfalseにしてください")
_SECTION_FORM = Words(en="must be a section in brackets", ja="は[ ]で始まる節にしてください")
