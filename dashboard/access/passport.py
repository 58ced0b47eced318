"""A person as one header of a request: written by the server itself, read by its pages.

Whoever could send it would be whoever they like. Only a server that takes it out of what comes in
(`dashboard.server.access`) may be asked for it, which `ISSUED` says.
"""

import json
from dataclasses import asdict, dataclass

from dashboard.access.person import Person

HEADER = "x-idc-person"


@dataclass(slots=True)
class Issued:
    """`here`: whether this process takes the header out of what comes in."""

    here: bool = False


ISSUED = Issued()
"""Of this process; `dashboard.serve` says it."""


def write(person: Person) -> str:
    """The header's value, in ASCII."""
    return json.dumps(asdict(person))


def read(value: str | None) -> Person | None:
    """The person that a header names; None where it names none, or where anybody could send it."""
    if not ISSUED.here or not value:
        return None
    said = json.loads(value)
    return Person(**said | {"groups": tuple(said["groups"])})
