"""Every act that changes something or hands something out, and the least role that may do it."""

from dataclasses import dataclass

from dashboard.access.roles import Role


@dataclass(frozen=True, slots=True)
class Act:
    """`words`: what is done, as a sentence begins that goes on with “needs the role …”."""

    key: str
    words: str
    role: Role


CATALOGUE = (
    Act("see", "Seeing runs, patches and slides", Role.READER),
    Act("export", "Exporting tables, pictures and reports", Role.READER),
    Act("verdict", "Storing a verdict", Role.REVIEWER),
    Act("region", "Drawing, changing or removing a region", Role.REVIEWER),
    Act("score", "Scoring uploaded patches or slides", Role.REVIEWER),
    Act("compute", "Starting a calculation that is kept with the run", Role.REVIEWER),
    Act("lock", "Locking a threshold", Role.LEAD),
    Act("recalibrate", "Changing the recalibration of a run", Role.LEAD),
    Act("smooth", "Applying or removing spatial smoothing", Role.LEAD),
    Act("tag", "Tagging a run", Role.LEAD),
    Act("rename", "Renaming a run", Role.LEAD),
    Act("archive", "Archiving a run", Role.LEAD),
    Act("save_run", "Saving scores as a run", Role.LEAD),
    Act("import", "Importing predictions", Role.LEAD),
    Act("cut", "Cutting slides that lie on this machine", Role.LEAD),
    Act("cancel_job", "Cancelling work that somebody else started", Role.LEAD),
    Act("find_rate", "Starting the learning-rate finder", Role.LEAD),
    Act("train", "Starting or continuing a training", Role.LEAD),
    Act("stop_training", "Stopping a training", Role.LEAD),
    Act("system", "Reading the state of the server", Role.ADMINISTRATOR),
    Act("audit", "Reading the audit log", Role.ADMINISTRATOR),
)
ACTS = {act.key: act for act in CATALOGUE}
