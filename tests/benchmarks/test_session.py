"""Sessions without a browser are answered as a browser is, all at once, and notice an error."""

import asyncio
from pathlib import Path

import pytest

from benchmarks.many_sessions import PAGES, SESSIONS, held
from benchmarks.shared.browser import server
from benchmarks.shared.session import Session
from idc_core.io.paths import REPOSITORY


@pytest.mark.slow
def test_twelve_at_once_are_answered_each_with_its_page(copied, tmp_path):
    world = copied(tmp_path / "world")
    places = {
        "IDC_MODELS": str(world / "models"),
        "IDC_DATA": str(world / "data"),
        "IDC_REVIEWS": str(tmp_path / "reviews.sqlite"),
    }

    async def asked(address, page, **query):
        async with Session(address) as session:
            return await session.ask(page, run="small", **query)

    async def at_once(address):
        some = [asked(address, page) for page in ("overview", "patients", "data", "teaching")]
        again = [asked(address, "patients", threshold=f"0.{digit}") for digit in range(1, 9)]
        return await asyncio.gather(*some, *again)

    with server(REPOSITORY / "dashboard" / "app.py", places) as (address, _):
        taken = asyncio.run(at_once(address))
    assert len(taken) == 12
    assert min(taken) > 20_000
    assert len(set(taken[:4])) == 4  # each its own page


MB_A_SESSION = 3
"""What a server may hold for a browser that is open, of a run of 198 predictions."""


@pytest.mark.slow
@pytest.mark.long
@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="memory is read in /proc")
def test_a_hundred_at_once_are_answered_and_what_the_server_holds_stays_bounded(copied, tmp_path):
    world = copied(tmp_path / "world")
    places = {
        "IDC_MODELS": str(world / "models"),
        "IDC_DATA": str(world / "data"),
        "IDC_REVIEWS": str(tmp_path / "reviews.sqlite"),
    }

    async def measured(address, process):
        async with Session(address) as one:
            for page in PAGES:
                await one.ask(page, run="small")
            alone = held(process)
            opened = [Session(address) for _ in range(SESSIONS)]
            for each in opened:
                await each.__aenter__()
            asked = (
                each.ask(PAGES[at % len(PAGES)], run="small", threshold=f"0.{at:02d}")
                for at, each in enumerate(opened)
            )
            taken = await asyncio.gather(*asked)
            grown = held(process) - alone
            for each in opened:
                await each.__aexit__(None, None, None)
        return taken, grown

    with server(REPOSITORY / "dashboard" / "app.py", places) as (address, process):
        taken, grown = asyncio.run(measured(address, process))
    assert len(taken) == 100
    assert min(taken) > 20_000
    assert grown < SESSIONS * MB_A_SESSION * 1e6, f"{grown / 1e6:.0f} MB more"


@pytest.mark.slow
def test_an_error_of_ours_in_a_page_is_noticed(tmp_path):
    script = tmp_path / "broken.py"
    script.write_text("import streamlit as st\nst.write('Internal error (ID 12ab34cd).')\n")

    async def asked(address):
        async with Session(address) as session:
            await session.ask("overview")

    with (
        server(script, {}) as (address, _),
        pytest.raises(RuntimeError, match="the page said an internal error"),
    ):
        asyncio.run(asked(address))
