"""What the gate and the server write down: who did what, and who was refused.

Nothing is written where nobody signs in: there would be no name to write.
"""

from pathlib import Path, PurePosixPath

from dashboard.access import settings
from dashboard.access.person import Here
from idc_core.audit.log import AuditLog, Entry, Outcome
from idc_core.audit.where import log_in
from idc_core.facts import names
from idc_core.io.provenance import now


def log() -> AuditLog | None:
    """Where it is kept; None where nobody signs in."""
    access = settings.current()
    if access is None:
        return None
    return log_in(Path(access.audit.file) if access.audit.file else None)


def stamp() -> str:
    """What changes with every entry; empty where none is kept."""
    kept = log()
    return "" if kept is None else kept.stamp()


def write(
    here: Here,
    act: str,
    outcome: Outcome = "allowed",
    *,
    run: str = "",
    patient: str = "",
    what: str = "",
    file: str = "",
) -> None:
    """Write down what somebody does. Raises `Refusal` where it cannot be written: then it must not
    be done. `file`: one that somebody brought, whose name may name a patient."""
    kept, access = log(), settings.current()
    if kept is None or access is None or here.person is None:
        return
    hashed = access.audit.hash_patients
    kept.append(
        Entry(
            at=now(),
            person=here.person.subject,
            name=here.person.name,
            role=here.role.word if here.role is not None else "",
            act=act,
            outcome=outcome,
            run=run,
            patient=names.mark(patient) if patient and hashed else patient,
            what=" ".join(filter(None, (what, _hashed(file) if hashed else file))),
        )
    )


def _hashed(file: str) -> str:
    """A file's name as a hash; its ending is kept."""
    name = PurePosixPath(file)
    return names.mark(name.stem) + name.suffix if file else ""
