"""
The papermill engine `junheng`: notebooks run as under papermill's own, their kernels forked with libraries imported.

Everything but the start of a kernel is papermill's, nbclient's and ipykernel's. Where forking is not possible or not
safe a kernel is started as ever, and the log says so once.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from nbclient.exceptions import DeadKernelError
from nbclient.util import run_sync
from papermill.clientwrap import PapermillNotebookClient
from papermill.engines import Engine
from papermill.iorw import write_ipynb
from papermill.log import logger

from . import nurseries
from .nursery import UnavailableError

NAME = "junheng"
_LAUNCHER = ["-m", "ipykernel_launcher"]
_said: set[str] = set()


class WarmProvisioner(LocalProvisioner):
    """Forks an ipykernel of this interpreter; starts any other kernel as ever."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel that a command describes."""
        try:
            flags, arguments = _parts(cmd)
            nursery = nurseries.of(kwargs["env"], flags)
            child = nursery.fork(":", arguments=arguments, env=kwargs["env"], cwd=kwargs.get("cwd"))
        except UnavailableError as reason:
            _say_once(str(reason))
            return await super().launch_kernel(cmd, **kwargs)
        self.process = cast("subprocess.Popen[Any]", child)
        self.pid = self.pgid = child.pid
        self.cwd = kwargs.get("cwd", Path.cwd())
        return self.connection_info


class WarmManager(AsyncKernelManager):
    """A kernel manager whose kernels are forked."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.kernel_id = str(uuid.uuid4())
        self.provisioner = WarmProvisioner(
            kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self
        )


class NotebookTimeoutError(DeadKernelError):
    """A notebook took longer than it may; `cell` is the number In [n] of the one that ran."""

    def __init__(self, cell: int | None) -> None:
        self.cell = cell
        super().__init__("the notebook took too long")


class NotStartedError(Exception):
    """No kernel came up, or none that can be spoken to on this machine; its cause is in the words of the library."""


class _Client(PapermillNotebookClient):  # type: ignore[misc]
    """Papermill's client, which tries once more when a kernel dies as it starts (two may race for a port)."""

    _started_with: dict[str, Any]
    _late = False

    async def async_start_new_kernel(self, **options: Any) -> None:
        self._started_with = options
        await super().async_start_new_kernel(**options)
        if self._late:  # the time was up before there was anything to kill
            self._kill()

    async def async_start_new_kernel_client(self) -> Any:
        try:
            return await super().async_start_new_kernel_client()
        except RuntimeError:
            self.km = self.create_kernel_manager()
            await self.async_start_new_kernel(**self._started_with)
            try:
                return await super().async_start_new_kernel_client()
            except RuntimeError as error:  # it died, or did not answer in time
                raise NotStartedError(str(error)) from error

    start_new_kernel = run_sync(async_start_new_kernel)
    start_new_kernel_client = run_sync(async_start_new_kernel_client)

    def execute_within(self, seconds: float | None, env: Mapping[str, str]) -> Any:
        """Run the notebook, its kernel killed when the time is up."""
        if seconds is None:
            return self.execute(env=env)
        clock = threading.Timer(seconds, self._kill)
        clock.daemon = True
        clock.start()
        try:
            return self.execute(env=env)
        except DeadKernelError as error:
            if self._late:
                raise NotebookTimeoutError(self.code_cells_executed) from error
            raise
        finally:
            clock.cancel()

    def _kill(self) -> None:
        self._late = True
        process = getattr(getattr(self.km, "provisioner", None), "process", None)
        if process is not None:
            process.kill()


class WarmEngine(Engine):  # type: ignore[misc]
    """papermill --engine junheng …"""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: Any,
        kernel_name: str,
        log_output: bool = False,
        stdout_file: Any = None,
        stderr_file: Any = None,
        start_timeout: int = 60,
        execution_timeout: int | None = None,
        notebook_timeout: float | None = None,
        variables: Mapping[str, str] | None = None,
        keep_dead: str = "",
        **options: Any,
    ) -> Any:
        """
        Run a notebook.

        Parameters
        ----------
        notebook_timeout
            Seconds that the whole notebook may take.
        variables
            Variables of its kernel beside those of this process.
        keep_dead
            Where the notebook is written as far as it came when its kernel dies.
        others
            As papermill's own engine has them.

        Raises
        ------
        NotebookTimeoutError
            The notebook took longer than `notebook_timeout`.
        NotStartedError
            No kernel came up, twice.
        """
        given = {k: v for k, v in options.items() if k not in ("input_path", "startup_timeout", "timeout")}
        client = _Client(
            nb_man,
            **{"kernel_manager_class": WarmManager, **given},
            timeout=execution_timeout or options.get("timeout"),
            startup_timeout=start_timeout,
            kernel_name=kernel_name,
            log=logger,
            log_output=log_output,
            stdout_file=stdout_file,
            stderr_file=stderr_file,
        )
        try:
            return client.execute_within(notebook_timeout, {**os.environ, **(variables or {})})
        except DeadKernelError:
            if keep_dead:
                write_ipynb(nb_man.nb, keep_dead)
            raise


def _parts(cmd: list[str]) -> tuple[list[str], list[str]]:
    """Return the interpreter's options and the kernel's arguments of a command that starts an ipykernel of ours."""
    for at in range(1, len(cmd) - 1):
        if cmd[at : at + 2] == _LAUNCHER:
            break
    else:
        raise UnavailableError(f"not a kernel of Python: {cmd[0]}")
    if cmd[0] != sys.executable:
        raise UnavailableError(f"a kernel of another interpreter: {cmd[0]}")
    return cmd[1:at], cmd[at + 2 :]


def _say_once(reason: str) -> None:
    if reason not in _said:
        _said.add(reason)
        logger.warning(
            f"内核不能预热，逐个启动，较慢，结果相同。 / kernels cannot be forked and are started one by one: "
            f"slower, with the same results ({reason})."
        )
