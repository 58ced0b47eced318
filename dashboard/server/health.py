"""What a supervisor and Prometheus ask: alive at `/healthz`, ready at `/readyz`, counts at
`/metrics`.

An answer names a check that failed and no path; the log has the sentence.
"""

import logging
import shutil
from collections.abc import Callable, Mapping

from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.cache import reviews
from dashboard.state.meter import METER
from idc_core.io.paths import data_root, models_root
from idc_core.io.refusal import Refusal

ALIVE, READY, COUNTS = "/healthz", "/readyz", "/metrics"
FREE_BYTES = 200_000_000
"""What a disk must have free: verdicts, locks and exports are written to it."""


def routes() -> list[Route]:
    """The three addresses, for GET alone."""
    return [Route(ALIVE, _alive), Route(READY, _ready), Route(COUNTS, _counts)]


def unready() -> Mapping[str, str]:
    """The checks that fail, each with the sentence that says why; empty where all is ready."""
    failed = {}
    for name, check in CHECKS.items():
        try:
            check()
        except (Refusal, OSError) as broken:
            failed[name] = str(broken)
    return failed


def _models() -> None:
    next(models_root().iterdir(), None)


def _data() -> None:
    next(data_root().iterdir(), None)


def _reviews() -> None:
    reviews.answer()


def _disk() -> None:
    for root in (models_root(), data_root()):
        free = shutil.disk_usage(root).free
        if free < FREE_BYTES:
            raise Refusal(
                f"expected {FREE_BYTES / 1e6:.0f} MB free on the disk of {root}: {free / 1e6:.0f} "
                "MB are. Delete what is not needed, or move it."
            )


CHECKS: dict[str, Callable[[], None]] = {
    "models": _models,
    "data": _data,
    "reviews": _reviews,
    "disk": _disk,
}


async def _alive(_request: Request) -> Response:
    return PlainTextResponse("alive\n", headers={"cache-control": "no-store"})


async def _ready(_request: Request) -> Response:
    failed = await to_thread.run_sync(unready)
    for name, why in failed.items():
        logging.getLogger("idc_review").warning("not ready, %s: %s", name, why)
    return JSONResponse(
        {"ready": not failed, "failed": sorted(failed)},
        status_code=503 if failed else 200,
        headers={"cache-control": "no-store"},
    )


async def _counts(_request: Request) -> Response:
    text = await to_thread.run_sync(METER.text)
    return Response(text, media_type=CONTENT_TYPE_LATEST, headers={"cache-control": "no-store"})
