"""Browser libraries: named and pinned here, fetched at set-up into `node_modules`."""

from pathlib import Path

HERE = Path(__file__).parent
OPENSEADRAGON = HERE / "node_modules/openseadragon/build/openseadragon/openseadragon.min.js"
COMMAND = "python -m dashboard.browser"
