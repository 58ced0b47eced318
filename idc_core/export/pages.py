"""Templates filled: what comes from a file is text in them and never markup."""

from collections.abc import Sequence
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from idc_core.export.blocks import Block

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)


def filled(template: str, **values: object) -> Markup:
    """A template of `templates/`; a value that it names and does not get is an error."""
    return Markup(_TEMPLATES.get_template(template).render(values))


def markup(blocks: Sequence[Block]) -> Markup:
    """Blocks as HTML, in their order."""
    return filled("blocks.html.j2", blocks=blocks)
