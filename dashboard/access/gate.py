"""The one gate: every act of a page that writes, and every file that leaves, passes `doing`."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress

from dashboard.access import audit, now
from dashboard.access.acts import ACTS, Act
from dashboard.access.person import Here
from dashboard.state import once
from idc_core.io.refusal import Refusal

SEEING = "see"
"""The act that is not written down each time: `audit.write` says which runs were opened."""


class Denied(Refusal):
    """An act that the person may not do; says what is missing."""


@contextmanager
def doing(
    key: str,
    *,
    run: str = "",
    patient: str = "",
    what: str = "",
    file: str = "",
    drawn_for: Here | None = None,
) -> Iterator[Here]:
    """Do an act of the catalogue inside; raises `Denied` before anything is done.

    Where people sign in it is written down before it is done, so that nothing is done without a
    line in the audit log, and once more if it could not be. `run`, `patient`, `what`, `file`: to
    what. `drawn_for`: who saw its button, for what Streamlit does outside the session.
    """
    here = now.here() if drawn_for is None else now.again(drawn_for)
    why = refusal(here, ACTS[key])
    if key == SEEING:
        if why:
            raise Denied(why)
        yield here
        return
    about = {"run": run, "patient": patient, "what": what, "file": file}
    try:
        audit.write(here, key, "refused" if why else "allowed", **about)
    except Refusal as broken:
        raise Denied(why or f"Nothing was done, as it cannot be written down. {broken}") from None
    if why:
        raise Denied(why)
    try:
        yield here
    except Exception as failed:
        with suppress(Refusal):  # why it failed is what is to be said
            audit.write(here, key, "failed", **about | {"what": type(failed).__name__})
        raise
    finally:
        once.forget()


def needs(key: str) -> str:
    """What is missing for an act, in a sentence for its button; empty where nothing is."""
    return refusal(now.here(), ACTS[key])


def refusal(here: Here, act: Act) -> str:
    """The same of somebody."""
    if here.ended:
        return (
            "Your session has ended: nothing was stored, and what you typed stays on this page. "
            "Sign in again as its top says, then try again here."
        )
    if here.person is None:
        return f"{act.words} needs somebody who is signed in. Reload the page and sign in."
    if here.role is None or here.role < act.role:
        own = "you have none here" if here.role is None else f"yours is {here.role.word}"
        return f"{act.words} needs the role {act.role.word}; {own}. Ask an administrator."
    return ""


def signed_name() -> str:
    """What stands beside the verdicts of who is signed in; empty where people type their name."""
    person = now.here().person
    return person.name if person else ""
