"""The command line; what each command does stands in `idc_core/cli/`."""

from idc_core.cli import app, main

__all__ = ["app", "main"]

if __name__ == "__main__":
    main()
