"""What a file is, without reading it: its path, times and size."""

from pathlib import Path

from idc_core.io.refusal import Refusal, SystemRefused

Stamp = tuple[str, int, int, int]


def stamp(file: Path) -> Stamp:
    """What identifies a file's content without reading it. A copy may bring the time of its
    original along (`cp -p`), and has as many bytes: when it came here nobody can set."""
    try:
        found = file.stat()
    except FileNotFoundError:
        raise Refusal(f"expected the file {file}: it is not there.") from None
    except OSError as error:
        raise SystemRefused(error, f"look at {file}") from None
    return str(file), found.st_mtime_ns, found.st_ctime_ns, found.st_size
