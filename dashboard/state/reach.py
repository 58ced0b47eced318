"""Who reaches this server: what pages may show of the machine's folders depends on it."""

from dataclasses import dataclass


@dataclass(slots=True)
class Reach:
    """`others`: whether anyone but this machine's users may reach the server. So it is taken to be
    where nobody says otherwise: Streamlit alone listens to all networks."""

    others: bool = True


REACH = Reach()
"""Of this process; `dashboard.serve` says it."""
