"""A hundred browsers at once, and one that asks five hundred times: is each answered, and what does
the server hold then?

Sessions speak over websockets, without a browser, to a run of 277,524 predictions. Promised:

- each of 100 sessions that open at the same moment is answered, without an internal error;
- with all of them open the server holds at most half as much again as with one;
- after 500 moves of the threshold in one session it holds at most a fifth more than after 50.

What a server holds is what is private to it (`RssAnon`), so this needs Linux.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.page_speed import make_big_run
from benchmarks.shared.browser import server
from benchmarks.shared.promise import judge
from benchmarks.shared.session import PATIENCE_S, Session
from idc_core.io.paths import REPOSITORY

SESSIONS, MOVES, FIRST = 100, 500, 50
AT_ONCE, LATER = 1.5, 1.2
PAGES = ("overview", "operating-point", "patients", "calibration")


def main() -> bool:
    """Print a line a promise; return whether all were kept."""
    if not Path("/proc/self/status").is_file():
        print("many sessions: NOT MEASURED, this system has no /proc")
        return True
    with tempfile.TemporaryDirectory(prefix="idc-bench-") as scratch:
        places = {
            "IDC_MODELS": f"{scratch}/models",
            "IDC_DATA": f"{scratch}/data",
            "IDC_REVIEWS": f"{scratch}/reviews.sqlite",
        }
        make_big_run(Path(scratch))
        with server(REPOSITORY / "dashboard" / "app.py", places) as (address, process):
            return asyncio.run(_measured(address, process))


async def _measured(address: str, process: int) -> bool:
    async with Session(address) as one:
        for page in PAGES:
            await one.ask(page, run="big")
        alone = held(process)
        started = time.monotonic()
        opened = [Session(address) for _ in range(SESSIONS)]
        answered = await asyncio.gather(
            *(_opened(each, PAGES[at % len(PAGES)]) for at, each in enumerate(opened)),
            return_exceptions=True,
        )
        seconds, all_open = time.monotonic() - started, held(process)
        for each in opened:
            await each.__aexit__(None, None, None)
    refused = [one for one in answered if isinstance(one, BaseException)]
    for broken in refused[:3]:
        print(f"  {type(broken).__name__}: {broken}", file=sys.stderr)
    kept = [
        judge(
            f"{SESSIONS} sessions at once: not answered",
            len(refused),
            0,
            "",
            detail=f"all answered within {seconds:.0f} s",
        ),
        judge(
            f"{SESSIONS} sessions open: what the server holds",
            all_open / alone,
            AT_ONCE,
            "×",
            detail=f"of {alone / 1e6:.0f} MB with one",
        ),
    ]
    early, late = await _moves(address, process)
    told = f"of {early / 1e6:.0f} MB after {FIRST}"
    kept.append(judge(f"{MOVES} moves in one session", late / early, LATER, "×", detail=told))
    return all(kept)


async def _opened(session: Session, page: str) -> None:
    await session.__aenter__()
    async with asyncio.timeout(PATIENCE_S):
        await session.ask(page, run="big")


async def _moves(address: str, process: int) -> tuple[int, int]:
    """What the server holds after the first moves of a session and after all."""
    early = 0
    async with Session(address) as one:
        for move in range(1, MOVES + 1):
            await one.ask("operating-point", run="big", threshold=f"{move / (MOVES + 1):.3f}")
            if move == FIRST:
                early = held(process)
    return early, held(process)


def held(process: int) -> int:
    """Bytes of memory private to a process."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    (told,) = (line.split()[1] for line in lines if line.startswith("RssAnon"))
    return int(told) * 1024


if __name__ == "__main__":
    sys.exit(0 if main() else 1)
