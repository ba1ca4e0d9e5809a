"""The warm engine: what a notebook finds, leaves and suffers is as under papermill's own engine."""

from __future__ import annotations

import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import papermill
import psutil
import pytest
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from papermill.engines import papermill_engines
from papermill.exceptions import PapermillExecutionError

from analysis.warm import engine, kernels, nurseries
from analysis.warm.engine import NotebookTimeoutError, WarmEngine
from analysis.warm.nursery import Nursery, UnavailableError

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked on Linux only")


@pytest.fixture(autouse=True, scope="module")
def _registered() -> Iterator[None]:
    papermill_engines.register(engine.NAME, WarmEngine)
    yield
    nurseries.close()


@pytest.fixture(autouse=True)
def _backend_of_notebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MPLBACKEND")


def ran(folder: Path, *cells: str, warm: bool = True, **options: Any) -> list[str]:
    """Run cells as a notebook and return what each printed or showed, errors by name."""
    (folder / "in.ipynb").write_text(json.dumps(_notebook(cells)), encoding="utf-8")
    how = {"engine_name": engine.NAME, "kernel_manager_class": kernels.ThisInterpreter} if warm else {}
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTEST_CURRENT_TEST")  # ipykernel leaves out what other programs print when it sees it
        done = papermill.execute_notebook(
            folder / "in.ipynb", folder / "out.ipynb", progress_bar=False, **how, **options
        )
    return [_shown(cell) for cell in done.cells if cell.cell_type == "code"]


def _notebook(cells: Sequence[str]) -> dict[str, Any]:
    spec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    code: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    numbered = [{**code, "id": f"cell-{i}", "source": cell} for i, cell in enumerate(cells)]
    return {"cells": numbered, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5}


def _shown(cell: Any) -> str:
    parts = []
    for output in cell.outputs:
        data = output.get("data", {})
        parts.append(output.get("text") or ("<png>" if "image/png" in data else data.get("text/plain", "")))
    return "".join(parts).strip()


# Each spoils something that the next notebook must find as it was.
SPOILS = """
import os, sys, random, threading, time
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
import analysis.style
mpl.rcParams["font.size"] = 3; pd.set_option("display.max_rows", 7)
os.environ["SPOILT"] = "1"; sys.path.insert(0, "/spoilt"); random.seed(1); np.random.seed(1)
analysis.style.DPI = 5; pd.DataFrame.spoilt = True
threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
plt.figure(); plt.close; left = 1
"""
FINDS = """
import os, sys, threading
import matplotlib as mpl, matplotlib.pyplot as plt, numpy as np, pandas as pd
import analysis.style
print([mpl.rcParams["font.size"], pd.get_option("display.max_rows"), os.environ.get("SPOILT"), sys.path[:2],
       analysis.style.DPI, hasattr(pd.DataFrame, "spoilt"), plt.get_fignums(), "left" in dir(),
       sorted(t.name for t in threading.enumerate() if "sleep" in t.name), mpl.get_backend(), os.getcwd(),
       sorted(n for n in os.environ if not n.startswith("JPY")), __name__, sys.argv[0].split("/")[-1]])
"""


def test_a_notebook_finds_what_it_would_find_under_stock_papermill(tmp_path: Path) -> None:
    ran(tmp_path, SPOILS)
    found = ran(tmp_path, FINDS)
    stock = ran(tmp_path, FINDS, warm=False)
    ours = {"MPLBACKEND", "PYDEVD_DISABLE_FILE_VALIDATION", "PYTHONUTF8", "MPLCONFIGDIR", "IPYTHONDIR"}
    (first,), (second,) = ([eval(text) for text in told] for told in (found, stock))
    assert set(first.pop(11)) - ours == set(second.pop(11)) - ours
    assert first == second
    assert str(tmp_path) not in str(first)


def test_random_numbers_differ_from_notebook_to_notebook(tmp_path: Path) -> None:
    draw = "import random, numpy as np; print(random.random(), np.random.random())"
    both = [ran(tmp_path, draw)[0].split() for _ in range(2)]
    assert both[0][0] != both[1][0]
    assert both[0][1] != both[1][1]


def test_figures_and_what_other_programs_print_are_kept(tmp_path: Path) -> None:
    cells = [
        "import matplotlib.pyplot as plt; _ = plt.plot([1, 2])",
        "import os; _ = os.system('echo from outside')",
        "import sys; print('to stderr', file=sys.stderr)",
        "import subprocess; print(subprocess.run(['cat'], capture_output=True, text=True).stdout == '')",
        "1 + 1",
    ]
    found = ran(tmp_path, *cells)
    assert found == ["<png>", "from outside", "to stderr", "True", "2"]
    assert found == ran(tmp_path, *cells, warm=False)


def test_errors_time_outs_and_dead_kernels_are_as_in_stock(tmp_path: Path) -> None:
    with pytest.raises(PapermillExecutionError, match="no schools") as failed:
        ran(tmp_path, "a = 1", "raise ValueError('no schools')", "b = 2")
    assert (failed.value.ename, failed.value.exec_count) == ("ValueError", 2)
    with pytest.raises(CellTimeoutError):
        ran(tmp_path, "import time; time.sleep(60)", execution_timeout=1)
    with pytest.raises(DeadKernelError):
        ran(tmp_path, "import os; os._exit(3)")
    with pytest.raises(NotebookTimeoutError) as late:
        ran(tmp_path, "a = 1", "while True: pass", notebook_timeout=2)
    assert late.value.cell == 2


def test_other_variables_get_a_server_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nurseries, "modules", lambda: ("colorsys",))
    monkeypatch.setenv("SEEN_WHEN_IMPORTED", "yes")
    tell = "import os, sys; print(os.environ.get('SEEN_WHEN_IMPORTED'), 'colorsys' in sys.modules)"
    assert ran(tmp_path, tell) == ["yes True"]


def test_a_kernel_that_dies_as_it_starts_is_started_once_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fork = Nursery.fork
    killed: list[int] = []

    def dies_first(self: Nursery, call: str, **given: Any) -> Any:
        child = fork(self, call, **given)
        if not killed:
            child.kill()
            killed.append(child.wait(5))
        return child

    monkeypatch.setattr(Nursery, "fork", dies_first)
    assert ran(tmp_path, "print(6 * 7)") == ["42"]
    assert killed == [-signal.SIGKILL]


@pytest.mark.parametrize("broken", [("threading_that_fails",), ()])
def test_where_forking_is_not_possible_stock_kernels_run_and_the_log_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: tuple[str, ...]
) -> None:
    if broken:  # a module that starts a thread as it is imported
        folder = tmp_path / "modules"
        folder.mkdir()
        code = (
            "import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()\n"
        )
        (folder / "threading_that_fails.py").write_text(code, encoding="utf-8")
        monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(folder), os.environ.get("PYTHONPATH", "")]))
        monkeypatch.setattr(nurseries, "modules", lambda: broken)
    else:
        monkeypatch.setattr("analysis.warm.nursery.SAFE", False)
        monkeypatch.setenv("NO_SERVER_FOR", "this")
    monkeypatch.setattr(engine, "_said", set())
    assert ran(tmp_path, "print(6 * 7)") == ["42"]
    said = [record.message for record in caplog.records if "slower, with the same results" in record.message]
    assert len(said) == 1


def test_nothing_is_left_when_the_one_who_asked_is_killed(tmp_path: Path) -> None:
    program = f"""
        import os
        from pathlib import Path
        from analysis.warm.nursery import Nursery
        nursery = Nursery(["json"], dict(os.environ))
        child = nursery.fork(":", arguments=["-f", {str(tmp_path / "c.json")!r}], env=dict(os.environ))
        Path({str(tmp_path / "pids")!r}).write_text(f"{{child.pid}} {{nursery._process.pid}}")
        os.kill(os.getpid(), 9)
    """
    subprocess.run([sys.executable, "-c", textwrap.dedent(program)], check=False)
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    until = time.monotonic() + 10
    while any(psutil.pid_exists(pid) and psutil.Process(pid).status() != "zombie" for pid in pids):
        assert time.monotonic() < until
        time.sleep(0.05)


def test_a_server_that_has_ended_is_told_of() -> None:
    nursery = Nursery(["json"], dict(os.environ))
    nursery.fork(":", arguments=["--version"], env=dict(os.environ)).wait(20)
    nursery.close()
    with pytest.raises(UnavailableError):
        nursery.fork(":", arguments=["--version"], env=dict(os.environ))


@pytest.mark.full
def test_nothing_leaks_over_300_notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    aside = tmp_path / "aside"
    aside.mkdir()
    for variable in ("TMPDIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(aside))
    monkeypatch.setattr(tempfile, "tempdir", str(aside))
    ran(tmp_path, "1")
    me, fork_server = psutil.Process(), psutil.Process().children()[0]

    def held() -> tuple[dict[str, int], float]:
        counts = {
            "open files": me.num_fds() + fork_server.num_fds(),
            "processes": len(me.children(recursive=True)),
            "threads": me.num_threads() + fork_server.num_threads(),
            "files left": len(list(aside.rglob("*"))),
        }
        return counts, (me.memory_info().rss + fork_server.memory_info().rss) / 2**20

    for _ in range(20):
        ran(tmp_path, "1")
    before, memory = held()
    for _ in range(300):
        ran(tmp_path, "import matplotlib.pyplot as plt; _ = plt.plot([1])")
    after, more = held()
    print(f"after 20: {before}, {memory:.0f} MiB; after 320: {after}, {more:.0f} MiB")
    assert all(after[what] <= before[what] + 4 for what in ("open files", "threads", "files left"))
    assert after["processes"] == before["processes"]
    assert more < memory + 60


def test_papermill_finds_the_engine_by_its_name() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    module, _, name = project["entry-points"]["papermill.engine"][engine.NAME].partition(":")
    found = getattr(importlib.import_module(module), name)
    assert found.execute_notebook == WarmEngine.execute_notebook
    assert found.nb_kernel_name == WarmEngine.nb_kernel_name


def test_papermill_need_not_load_the_library_to_know_the_engine() -> None:
    told = "import sys, analysis.warm.engine; print('pandas' in sys.modules, 'matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
