"""Sessions without a browser are answered as a browser is, all at once, and notice an error."""

import asyncio

import pytest

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
