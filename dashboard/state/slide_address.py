"""Where the server has the tiles of a slide that a store was cut from."""

from urllib.parse import quote

TILE = "/slides/{store}/{number:int}/{level:int}/{column:int}_{row:int}.jpg"
"""As a route of Starlette: the name of the store's folder, the slide's row in its table, and the
tile as `idc_core.wsi.tiles` counts."""


def address_of(store: str, number: int) -> str:
    """What stands before level and tile.

    >>> address_of("mine & yours", 3)
    '/slides/mine%20%26%20yours/3'
    """
    return f"/slides/{quote(store, safe='')}/{number}"
