"""Where the server has the tiles of a slide that a store was cut from."""

from urllib.parse import quote

TILE = "/slides/{store}/{number:int}/{level:int}/{column:int}_{row:int}.jpg"
"""As a route of Starlette: the name of the store's folder, the slide's row in its table, and the
tile as `idc_core.wsi.tiles` counts."""

FIELD = "/slides/{store}/{number:int}/field/{x:int}_{y:int}_{um:int}.jpg"
"""A square field around a patch: its x and y in the store, and how many µm the field is wide."""
FIELDS = {100: "100 µm", 200: "200 µm", 500: "500 µm", 1000: "1 mm", 2000: "2 mm"}
"""The fields of a slide that a patch is shown in: side in µm, and its words."""
DEFAULT_FIELD = 500


def address_of(store: str, number: int) -> str:
    """What stands before level and tile.

    >>> address_of("mine & yours", 3)
    '/slides/mine%20%26%20yours/3'
    """
    return f"/slides/{quote(store, safe='')}/{number}"


def field_of(store: str, number: int, place: tuple[int, int], um: int) -> str:
    """Where the server has the field of `um` µm around a patch.

    >>> field_of("mine", 3, (51, 101), 500)
    '/slides/mine/3/field/51_101_500.jpg'
    """
    return f"{address_of(store, number)}/field/{place[0]}_{place[1]}_{um}.jpg"
