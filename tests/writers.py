"""What processes that write to a server which is killed say at their end."""

import re


def refused_in(said: str) -> int:
    """How often writers were refused: the sum of their lines `7 refused`.

    The pool of connections says among these, in lines of its own, what it could not reach.

    >>> refused_in("3 refused\\nerror connecting in 'pool-1': port 5 refused\\n4 refused\\n")
    7
    """
    return sum(map(int, re.findall(r"^(\d+) refused$", said, re.MULTILINE)))
