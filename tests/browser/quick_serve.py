"""`python -m dashboard.serve` with a quick child in the place of TensorFlow, which needs a while to
explain a patch: for tests of how maps look and not of what they show."""

import sys

from dashboard import serve
from dashboard.views.network.evidence import cache
from idc_core.io.paths import REPOSITORY

if __name__ == "__main__":
    cache.COMMAND = [sys.executable, str(REPOSITORY / "tests" / "dashboard" / "quick_gradients.py")]
    sys.exit(serve.main())
