"""The command line; what each command does stands in `idc_core/cli/`."""

from typing import TYPE_CHECKING

from idc_core import cli
from idc_core.cli import app

if TYPE_CHECKING:
    from idc_core.export.charts import Charts

__all__ = ["app", "main"]


def main() -> None:
    """Run a command; the report's figures are the pages' own charts, loaded when it draws them."""
    cli.main(_charts)


def _charts() -> "Charts":
    from dashboard.charts.report import CHARTS

    return CHARTS


if __name__ == "__main__":
    main()
