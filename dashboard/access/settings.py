"""Who may do what, from the one file that `IDC_ACCESS` names (docs/access.md).

Read again whenever it changes. A file that cannot be read lets nobody in: what an administrator
mistyped must not open anything.
"""

import os
import tomllib
from collections.abc import Mapping
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from msgspec import Meta

from dashboard.access.person import Here, Person
from dashboard.access.roles import BY_WORD, Role
from idc_core.io import record
from idc_core.io.files import read_bytes
from idc_core.io.record import Record
from idc_core.io.refusal import Refusal

VARIABLE = "IDC_ACCESS"
NONE = "none"
SECRETS = {"client_secret": "IDC_CLIENT_SECRET", "cookie_secret": "IDC_COOKIE_SECRET"}
SHORTEST_SECRET = 32
"""Of the cookies: whoever guesses it is whoever they like."""


class Named(Record, frozen=True, kw_only=True):
    """Who has a role: by subject, or by a group that the provider or the proxy says they are in."""

    subjects: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class Roles(Record, frozen=True, kw_only=True):
    """The named roles, and that of everybody else who can sign in; `none` turns these away."""

    default: str = Role.READER.word
    reader: Named = Named()
    reviewer: Named = Named()
    lead: Named = Named()
    administrator: Named = Named()


class Oidc(Record, frozen=True, kw_only=True):
    """An OpenID Connect provider. Both secrets may stand in the environment instead (`SECRETS`)."""

    metadata_url: str
    client_id: str
    redirect_uri: str
    client_secret: str = ""
    cookie_secret: str = ""
    name_claim: str = "name"
    groups_claim: str = "groups"

    def secrets(self, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
        """The client's secret and that of our cookies, from the environment or the file."""
        return {name: environment.get(of) or getattr(self, name) for name, of in SECRETS.items()}


class Proxy(Record, frozen=True, kw_only=True):
    """A reverse proxy that signs people in and names them in a header of its own."""

    header: str
    addresses: tuple[str, ...]
    """Of the proxy, as it connects to this server. A header from anywhere else is refused."""
    name_header: str = ""
    groups_header: str = ""
    """Groups, with commas between."""

    def networks(self) -> list[IPv4Network | IPv6Network]:
        """Where it connects from; raises `ValueError` for what is no address."""
        return [ip_network(each, strict=False) for each in self.addresses]


class Audit(Record, frozen=True, kw_only=True):
    """How the audit log is kept."""

    file: str = ""
    """Where; `audit.jsonl` in the folder of the data without it."""
    hash_patients: bool = False
    """Whether patients stand in it as hashes."""


class Access(Record, frozen=True, kw_only=True):
    """The whole file. One of `oidc` and `proxy` says how people sign in."""

    roles: Roles
    names: dict[str, str] = {}
    """What stands beside the verdicts of a subject, where that is not what the provider says."""
    hours: Annotated[float, Meta(gt=0)] = 10.0
    """How long a session lasts."""
    oidc: Oidc | None = None
    proxy: Proxy | None = None
    audit: Audit = Audit()

    def role_of(self, person: Person) -> Role | None:
        """The highest role that a person is named for; None where they are turned away."""
        for role in sorted(Role, reverse=True):
            named: Named = getattr(self.roles, role.word)
            if person.subject in named.subjects or set(person.groups) & set(named.groups):
                return role
        return BY_WORD.get(self.roles.default)

    def end_of(self, person: Person) -> float:
        """When a person's session ends, in seconds since 1970."""
        return person.since + self.hours * 3600

    def here(self, person: Person, now: float, *, ended: bool = False) -> Here:
        """What a person may do now; `ended`: whether they signed out."""
        if ended or not person.since <= now < self.end_of(person):
            return Here(person, None, ended=True)
        return Here(person, self.role_of(person))


def file() -> Path | None:
    """The file that is configured; None where nobody has to sign in."""
    named = os.environ.get(VARIABLE, "")
    return Path(named) if named else None


def current() -> Access | None:
    """What holds now; None where nobody has to sign in. Raises `Refusal` for a file that will not
    do."""
    path = file()
    if path is None:
        return None
    try:
        changed = path.stat().st_mtime_ns
    except OSError as broken:
        raise Refusal(
            f"expected the file that {VARIABLE} names, {path}: {broken.strerror}. Write it as "
            "docs/access.md says."
        ) from None
    return _read(path, changed)


@lru_cache(maxsize=2)
def _read(path: Path, changed: int) -> Access:
    return read(path)


def read(path: Path) -> Access:
    """The settings in a file; raises `Refusal` naming what is wrong with it."""
    try:
        content = tomllib.loads(read_bytes(path).decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Refusal(f"expected TOML in {path}: {broken}.") from None
    found = record.of(Access, content, path)
    _refuse_unknown(found, path)
    _refuse_roles(found, path)
    _refuse_way(found, path)
    return found


def _refuse_unknown(found: Access, path: Path) -> None:
    """A mistyped name must not be taken for a rule that holds."""
    roles = found.roles
    named = (getattr(roles, role.word) for role in Role)
    parts = (found, roles, *named, found.oidc, found.proxy, found.audit)
    unknown = [name for part in parts if part is not None for name in part.others]
    if unknown:
        raise Refusal(f"expected settings that docs/access.md lists in {path}: found {unknown[0]}.")


def _refuse_roles(found: Access, path: Path) -> None:
    if found.roles.default not in (*BY_WORD, NONE):
        words = ", ".join((*BY_WORD, NONE))
        raise Refusal(
            f"expected roles.default in {path} to be one of {words}: found {found.roles.default!r}."
        )
    if not found.roles.administrator.subjects:
        raise Refusal(
            f"expected the subject of a first administrator in {path}, under "
            "[roles.administrator]: there is none."
        )
    names = list(found.names.values())
    twice = next((name for name in names if names.count(name) > 1 or not name.strip()), None)
    if twice is not None:
        raise Refusal(
            f"expected a name of their own for everybody under [names] in {path}: found {twice!r}, "
            "which would not say whose verdict it is."
        )


def _refuse_way(found: Access, path: Path) -> None:
    if (found.oidc is None) == (found.proxy is None):
        came = "neither" if found.oidc is None else "both"
        raise Refusal(f"expected [oidc] or [proxy] in {path}: found {came}.")
    if found.oidc is not None:
        _refuse_oidc(found.oidc, path)
    if found.proxy is not None:
        _refuse_proxy(found.proxy, path)


def _refuse_oidc(oidc: Oidc, path: Path) -> None:
    secrets = oidc.secrets()
    missing = next((name for name, secret in secrets.items() if not secret), None)
    if missing:
        raise Refusal(
            f"expected {missing} under [oidc] in {path}, or in {SECRETS[missing]}: there is none."
        )
    if len(secrets["cookie_secret"]) < SHORTEST_SECRET:
        raise Refusal(
            f"expected a cookie_secret of at least {SHORTEST_SECRET} letters: it is shorter. Make "
            'one: python -c "import secrets; print(secrets.token_urlsafe(48))".'
        )
    if not oidc.redirect_uri.endswith("/oauth2callback"):
        raise Refusal(
            f"expected redirect_uri in {path} to end in /oauth2callback: found "
            f"{oidc.redirect_uri[:100]!r}."
        )
    written = any(getattr(oidc, name) for name in SECRETS)
    if written and os.name == "posix" and path.stat().st_mode & 0o077:
        raise Refusal(
            f"expected {path}, which holds secrets, to be readable by its owner alone: others may "
            f"read it. chmod 600 {path}"
        )


def _refuse_proxy(proxy: Proxy, path: Path) -> None:
    try:
        networks = proxy.networks()
    except ValueError as wrong:
        raise Refusal(f"expected addresses under [proxy] in {path}: {wrong}.") from None
    if not networks or not proxy.header.strip():
        raise Refusal(f"expected a header and addresses under [proxy] in {path}: one is missing.")
