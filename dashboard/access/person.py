"""Who is signed in."""

from dataclasses import dataclass

from dashboard.access.roles import Role


@dataclass(frozen=True, slots=True)
class Person:
    """`subject`: whom the provider or the proxy named; `name`: what stands beside their verdicts.

    `since`: when this session began, in seconds since 1970; when it ends is for the settings to
    say. `session`: what tells it from other sessions of the same person.
    """

    subject: str
    name: str
    groups: tuple[str, ...] = ()
    since: float = 0.0
    session: str = ""


@dataclass(frozen=True, slots=True)
class Here:
    """The person at the other end and their role; without a role they may do nothing.

    `ended`: their session is over. `local`: nobody signs in here, and everybody may do everything
    under the name that they type.
    """

    person: Person | None = None
    role: Role | None = None
    ended: bool = False
    local: bool = False


LOCAL = Here(Person("", ""), Role.ADMINISTRATOR, local=True)
"""The user of a server without sign-in."""
NOBODY = Here()
