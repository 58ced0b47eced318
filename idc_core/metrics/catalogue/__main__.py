"""`python -m idc_core.metrics.catalogue` writes the tables of docs/numbers.md from the records."""

from pathlib import Path

from idc_core.metrics.catalogue.tables import written

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "numbers.md"

if __name__ == "__main__":
    DOCUMENT.write_text(written(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
