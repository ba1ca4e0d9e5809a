"""
The planner's desk: one person's workbook, from upload to the finished report, in a folder of its own.

Everything that was uploaded or made lies in that folder and goes with it. Nothing here knows of widgets.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import Fault, JunhengError, Lang, Level, Place
from ..forms.annotate import annotated_copy
from ..locating import copy_name
from ..params import DEFAULTS
from ..sources.filekind import file_fault
from ..sources.mapping import load_source
from ..sources.reading import read_dataset

KINDS = (".xlsx", ".xlsm", ".xls", ".csv")
MOST_BYTES = 8 * 1024**2  # a county's workbook of five years has 0.1 MB
_MOST_UNPACKED = 256 * 1024**2
_MOST_PARTS = 2000
_STEP = re.compile(r"^\[(\d+)/(\d+)\]\s+(\S+)")

Progress = Callable[[int, int, str], None]


class Desk:
    """A workbook that was uploaded, what is wrong with it, and the outputs of its run."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="junheng-desk-")
        self.table: Path | None = None
        self.faults: tuple[Fault, ...] = ()
        self._run: subprocess.Popen[str] | None = None

    @property
    def folder(self) -> Path:
        """Where everything lies; it is removed with the desk."""
        return Path(self._folder.name)

    @property
    def usable(self) -> bool:
        """Whether there is a workbook in which nothing must be corrected."""
        return self.table is not None and not any(fault.level is Level.REFUSE for fault in self.faults)

    def receive(self, name: str, content: bytes) -> tuple[Fault, ...]:
        """Take a workbook in place of the last one, check it, and return what was found."""
        self.clear()
        path = self.folder / _file_name(name)
        fault = _too_large(path.name, len(content)) or _other_kind(path)
        if fault is None:
            path.write_bytes(content)
            fault = file_fault(path) or _bomb(path)
        if fault is not None:
            path.unlink(missing_ok=True)
            self.faults = (fault,)
            return self.faults
        self.table = path
        try:
            source = load_source(DEFAULTS["source"])
            self.faults = read_dataset(path, source, standard=DEFAULTS["standard"], tell_blanks=True).faults
        except JunhengError as error:
            self.faults = tuple(error.faults)
        return self.faults

    def marked_copy(self) -> tuple[str, bytes]:
        """Return the name and the content of the workbook with its faults marked."""
        if self.table is None:
            raise JunhengError(_NOTHING_YET)
        target = self.folder / copy_name(self.table)
        annotated_copy(self.table, self.faults, target)
        content = target.read_bytes()
        target.unlink()
        return target.name, content

    def run(self, *, standard: str, lang: Lang, progress: Progress) -> tuple[str, bytes]:
        """
        Make report and outputs in a process of its own, and return them as a zip: its name and content.

        Raises
        ------
        JunhengError
            There is nothing to run, or the run stopped; what it said is told.
        """
        if not self.usable or self.table is None:
            raise JunhengError(_NOTHING_YET)
        out = self.folder / "outputs"
        options = ["--data", str(self.table), "--standard", standard, "--lang", lang, "--out", str(out)]
        self._run = subprocess.Popen(
            [sys.executable, "-m", "analysis.cli", "run", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            cwd=self.folder,
        )
        said: list[str] = []
        assert self._run.stdout is not None  # PIPE
        for line in self._run.stdout:
            said.append(line.strip())
            step = _STEP.match(line)
            if step:
                progress(int(step[1]), int(step[2]), step[3])
        if self._run.wait() != 0:
            raise JunhengError(_stopped(said, self.folder))
        return _zipped(out, self.table.stem)

    def stop(self) -> None:
        """End a run that is under way; nothing of it stays."""
        if self._run is not None and self._run.poll() is None:
            self._run.terminate()
            self._run.wait()

    def close(self) -> None:
        """End what runs and remove the folder with all that lies in it."""
        self.stop()
        self._folder.cleanup()

    def clear(self) -> None:
        """End what runs, remove what was uploaded and made, and begin anew."""
        self.stop()
        self._folder.cleanup()
        self._folder = tempfile.TemporaryDirectory(prefix="junheng-desk-")
        self.table, self.faults = None, ()


_NOTHING_YET = Fault(
    "nothing-uploaded", "还没有可以使用的数据文件。", "there is no data file yet that can be used."
)


def _file_name(name: str) -> str:
    """Return the name of a file without any path, made of letters, digits and plain signs."""
    base = re.split(r"[\\/]", name)[-1]
    stem, dot, suffix = re.sub(r"[^\w.()（）-]", "_", base).lstrip(".").rpartition(".")
    return f"{stem[:80] or 'data'}{dot}{suffix[:8]}"


def _too_large(name: str, size: int) -> Fault | None:
    if size <= MOST_BYTES:
        return None
    most = MOST_BYTES // 1024**2
    return Fault(
        "too-large",
        f"文件有{size / 1024**2:.1f} MB，超过{most} MB。请只留学校数据所在的表后再上传。",
        f"the file has {size / 1024**2:.1f} MB, more than {most} MB; keep only the sheets with the data.",
        Place(name),
    )


def _other_kind(path: Path) -> Fault | None:
    if path.suffix.lower() in KINDS:
        return None
    known = " ".join(KINDS)
    return Fault(
        "unknown-file-type",
        f"不支持这种文件，可用：{known}。",
        f"this kind of file is not supported; use one of: {known}.",
        Place(path.name),
    )


def _bomb(path: Path) -> Fault | None:
    """Return a fault of a workbook that would unpack to far more than a workbook holds; nothing is unpacked."""
    if not zipfile.is_zipfile(path):
        return None
    with zipfile.ZipFile(path) as archive:
        parts = archive.infolist()
    if len(parts) <= _MOST_PARTS and sum(part.file_size for part in parts) <= _MOST_UNPACKED:
        return None
    return Fault(
        "unpacks-too-large",
        "工作簿解压后过大，没有打开。请复制数据到新的工作簿后再上传。",
        "the workbook unpacks to too much and was not opened; copy the data into a new one.",
        Place(path.name),
    )


def _stopped(said: Sequence[str], folder: Path) -> Fault:
    """Return what the command said last, without the paths of this machine."""
    last = " ".join(line for line in said[-6:] if line).replace(str(folder), "…")
    return Fault("run-stopped", f"运行没有完成：{last}", f"the run did not finish: {last}")


def _zipped(out: Path, name: str) -> tuple[str, bytes]:
    target = out.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(path for path in out.rglob("*") if path.is_file()):
            archive.write(path, path.relative_to(out))
    return f"{name}-均衡.zip", target.read_bytes()
