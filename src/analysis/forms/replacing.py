"""Write a file whole or not at all."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import refuse


@contextmanager
def replaced_whole(path: Path) -> Iterator[Path]:
    """
    Give a temporary path beside `path`; what is written there takes its place when the block ends well.

    Raises
    ------
    JunhengError
        The folder cannot be written, or the file is held open by another program (Excel on Windows).
    """
    try:
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".~") as folder:
            temporary = Path(folder, path.name)
            yield temporary
            temporary.replace(path)
    except OSError as error:
        raise refuse(
            "cannot-write",
            "文件写不进去:请先关闭打开它的程序,并确认文件夹存在、可以写入。",
            "the file cannot be written: close the program that holds it open, and see that its folder is there.",
            file=str(path),
        ) from error
