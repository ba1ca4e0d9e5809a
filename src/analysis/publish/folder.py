"""Outputs whole or not at all: a run is built beside its place and swapped in when it has succeeded."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from ..errors import JunhengError, refuse
from ..replacing import open_elsewhere, patiently
from .manifest import refuse_frozen

_PID_ROOM = 64  # the byte that is locked stands behind the number, which others may then still read


@contextmanager
def building(target: Path, *, keep: bool = False) -> Iterator[Path]:
    """
    Give a temporary folder beside `target`; when the block succeeds it takes the target's place.

    The old folder is set aside, the new one renamed into its place, the old one removed. When the block
    fails the old folder stays as it was and the temporary one is removed; with `keep` it is left as
    NAME.failed for a look at what went wrong (a run that is interrupted leaves nothing).

    Raises
    ------
    JunhengError
        The folder cannot be made or written to; it is frozen as final; another run writes to the same target;
        the target is not a run's folder; or a program holds one of its files open (the files are named, the old
        outputs stay).
    """
    target = Path(target)
    _make_room(target)
    with _only_one(target):
        _mend(target)
        _refuse_foreign(target)
        refuse_frozen(target)
        temporary = _beside(target, "new")
        temporary.mkdir()
        try:
            yield temporary
            _swap(temporary, target)
        except BaseException as error:
            went_wrong = isinstance(error, Exception)  # a run that the user stopped did not
            if keep and went_wrong and temporary.exists():
                temporary.rename(kept(target))
            else:
                shutil.rmtree(temporary, ignore_errors=True)
            raise


def mend(target: Path) -> None:
    """
    Put right what an interrupted run left beside `target`; `building` does so by itself.

    A swap begins only after success, so that a folder set aside with nothing in its place means that the
    new one is whole: it is moved in. A temporary folder without that is half a run: it is removed.
    """
    target = Path(target)
    if not target.parent.is_dir():
        return
    with _only_one(target):
        _mend(target)


def _make_room(target: Path) -> None:
    """Make the folder above the target, and see that files can be written there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=target.parent):
            pass
    except (OSError, ValueError) as error:  # ValueError: a NUL in the name
        raise refuse(
            "cannot-write",
            "不能在这里写入成果，请用 --out 另选文件夹。",
            "no outputs can be written here; choose another --out",
            file=str(target.parent),
        ) from error


def _mend(target: Path) -> None:
    temporary, aside = _beside(target, "new"), _beside(target, "old")
    if aside.is_dir() and not target.exists():
        (temporary if temporary.is_dir() else aside).rename(target)
    for left in (temporary, aside, kept(target)):
        if left.is_dir():
            shutil.rmtree(left)


def _swap(temporary: Path, target: Path) -> None:
    aside = _beside(target, "old")
    if not target.exists():
        patiently(lambda: temporary.rename(target))
        return
    try:
        patiently(lambda: target.rename(aside))
    except PermissionError as error:
        held = _held_open(target) or [target.name]
        raise JunhengError([open_elsewhere(name) for name in held]) from error
    try:
        patiently(lambda: temporary.rename(target))
    except OSError:
        aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)  # what cannot go now goes at the next start


def _refuse_foreign(target: Path) -> None:
    """Never replace a folder that no run made: a mistyped --out would cost someone their files."""
    ours = ("story", "notebooks", "manifest.json")
    if target.is_dir() and (not any(target.iterdir()) or any((target / name).exists() for name in ours)):
        return
    if target.exists():
        raise refuse(
            "not-a-run",
            "这里已有别的内容，不是本程序的输出，不会覆盖。请另选输出文件夹。",
            "something that is not a run's output stands here and is left alone; choose another folder",
            file=str(target),
        )


def _held_open(folder: Path) -> list[str]:
    """Return the files below a folder that cannot be opened for writing, as Word and Excel hold theirs."""
    held = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        try:
            path.open("r+b").close()
        except PermissionError:
            held.append(path.relative_to(folder).as_posix())
    return held


def _beside(target: Path, role: str) -> Path:
    return target.with_name(f".{target.name}.{role}")


def kept(target: Path) -> Path:
    """Return where what a failed run of `target` made is kept."""
    return target.with_name(f"{target.name}.failed")


@contextmanager
def _only_one(target: Path) -> Iterator[None]:
    """Hold the target's lock file. The system frees the lock of a process that dies: none grows stale."""
    path = _beside(target, "lock")
    handle = _locked(path)
    try:
        handle.truncate(0)
        handle.write(str(os.getpid()).encode())
        handle.flush()
        yield
    finally:
        if sys.platform == "win32":  # an open file cannot be removed there, nor a removed one be waited for
            handle.close()
            with suppress(PermissionError):
                path.unlink(missing_ok=True)
        else:
            path.unlink(missing_ok=True)
            handle.close()


def _locked(path: Path) -> BinaryIO:
    while True:
        handle = path.open("a+b")
        handle.seek(0)
        if not _lock(handle):
            pid = handle.read(_PID_ROOM).decode(errors="replace").strip()
            handle.close()
            raise refuse(
                "run-in-progress",
                f"另一次运行（进程 {pid}）正在写入这个文件夹。请等它结束。",
                f"another run (process {pid}) is writing to this folder; wait until it has ended",
                file=path.name.removeprefix(".").removesuffix(".lock"),
            )
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(handle.fileno()), path.stat()):
                return handle
        handle.close()  # the run before removed the file between our opening and our locking


def _lock(handle: BinaryIO) -> bool:
    """Take the system's lock on a file, without waiting; False when another process has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            handle.seek(_PID_ROOM)
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)
            handle.seek(0)
        else:
            import fcntl

            fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        handle.seek(0)
        return False
    return True
