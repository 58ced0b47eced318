"""How this server was started, for the pages to say."""

from dataclasses import dataclass

COMMAND = "python -m dashboard.serve"


@dataclass(slots=True)
class Entry:
    """`guarded`: by `serve`, with headers and a check of hosts. `open_at`: the address under which
    other machines reach it, "" where none does."""

    guarded: bool = False
    open_at: str = ""

    def notice(self) -> str:
        """A sentence for every page, "" where there is nothing to say."""
        if not self.guarded:
            return f"Started without its security headers and host check: start it with {COMMAND}."
        if self.open_at:
            return (
                f"Open to other machines at {self.open_at}: there is no login, and anyone who "
                "reaches it can read and change everything here."
            )
        return ""


ENTRY = Entry()
"""Of this process."""
