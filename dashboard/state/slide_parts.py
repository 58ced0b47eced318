"""The processes that read slides, one set for the tiles and the pages of a server."""

from functools import cache

from idc_core.wsi.part_pool import PartPool


@cache
def pool() -> PartPool:
    """Started when a slide is first looked at; `dashboard.serve` ends it."""
    return PartPool()
