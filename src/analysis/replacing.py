"""Write a file so that it is the old one or the new one, never half of one."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import Fault, Place, refuse

_PATIENCE_S = 2.0 if sys.platform == "win32" else 0.0  # scanners there hold fresh files for a moment


@contextmanager
def replaced_whole(path: Path) -> Iterator[Path]:
    """
    Give a temporary path beside `path`; what is written there takes its place when the block ends well.

    Raises
    ------
    JunhengError
        The folder cannot be written, or the file is held open by another program (Word, Excel on Windows);
        the old file stays.
    """
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".~") as folder:
            temporary = Path(folder, path.name)
            yield temporary
            patiently(lambda: temporary.replace(path))
    except OSError as error:
        raise refuse(
            "cannot-write",
            "文件写不进去:请先关闭打开它的程序,并确认文件夹存在、可以写入。",
            "the file cannot be written: close the program that holds it open, and see that its folder is there.",
            file=str(path),
        ) from error


def write_whole(path: Path, content: bytes) -> None:
    """
    Write `content` to `path` as a whole.

    Raises
    ------
    JunhengError
        See `replaced_whole`.
    """
    with replaced_whole(path) as temporary:
        temporary.write_bytes(content)


def patiently(rename: Callable[[], object]) -> None:
    """Try again for a moment while a scanner holds a file; then let the error out."""
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            rename()
            return
        except PermissionError:
            if time.monotonic() >= until:
                raise
            time.sleep(0.1)


def open_elsewhere(name: str) -> Fault:
    """Return the fault of a file that another program holds open, so that its folder cannot be replaced."""
    return Fault(
        "file-open",
        "文件被另一个程序（如 Word、Excel）打开，未能更新；原有输出未动。请关闭后再运行。",
        "another program (Word, Excel?) holds this file open; the old outputs are untouched. "
        "Close it and run again",
        Place(file=name),
    )
