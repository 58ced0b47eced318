"""Who starts long work, and whose it is to cancel."""

from dashboard.access import now
from dashboard.access.person import Here
from idc_core.jobs.job import Job, Starter

OTHERS = "cancel_job"
"""The act of cancelling what somebody else started."""


def of(here: Here) -> Starter:
    """Who starts it; nobody by name where nobody signs in."""
    person = here.person
    return Starter() if person is None else Starter(person.subject, person.name)


def mine(job: Job) -> bool:
    """Whether who is here started it, or nobody is known to have."""
    return not job.by.subject or job.by == of(now.here())


def cancelling(job: Job, act: str) -> str:
    """The act that cancelling it is: `act` for who started it."""
    return act if mine(job) else OTHERS
