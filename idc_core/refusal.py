"""The one kind of error that a user is meant to read.

A `Refusal` says in one sentence what was expected, what came, and the cure. The command line prints
it and exits with 2; the dashboard prints it in place. Anything else that is raised is our bug.
"""


class Refusal(ValueError):
    """Bad input, said in a sentence: what was expected, what came, the cure."""
