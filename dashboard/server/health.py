"""What a supervisor and Prometheus ask: alive at `/healthz`, ready at `/readyz`, counts at
`/metrics`.

An answer names a check that failed and no path; the log has the sentence.
"""

import logging

from anyio import to_thread
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from dashboard.cache.readiness import unready
from dashboard.state.meter import METER

ALIVE, READY, COUNTS = "/healthz", "/readyz", "/metrics"


def routes() -> list[Route]:
    """The three addresses, for GET alone."""
    return [Route(ALIVE, _alive), Route(READY, _ready), Route(COUNTS, _counts)]


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
