"""
Install from this folder, without network, on the first start; then run junheng with what was given.

Without arguments it opens the page in the browser, with `lab` JupyterLab on this folder's notebooks. Written for any
Python from 3.6, so that one that is too old is told so.
"""

import json
import os
import platform
import struct
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
WHEELS = HERE / "wheels"
ENV = HERE / ".venv"
MADE = ENV / "made-of.txt"


def say(zh, en):
    """Print in both languages, whatever the window can show."""
    for text in (zh, en):
        print(text.encode(sys.stdout.encoding or "utf-8", "replace").decode(sys.stdout.encoding or "utf-8"))
    sys.stdout.flush()


def unfit():
    """Return whether there are no wheels for this Python, having said which there are."""
    for_ = json.loads((WHEELS / "made-for.json").read_text(encoding="utf-8"))
    python = "{}.{}".format(*sys.version_info[:2])
    machine = platform.machine().lower() in ("amd64", "x86_64") and struct.calcsize("P") == 8
    if python in for_["pythons"] and platform.system() in for_["systems"] and machine:
        return False
    here = f"{platform.system()} {platform.machine()}, Python {python}, {struct.calcsize('P') * 8} bit"
    pythons, systems = ", ".join(for_["pythons"]), ", ".join(for_["systems"])
    say(
        f"安装包适用于 64 位（x86_64）{systems} 上的 Python {pythons}；本机是 {here}。请安装其中一个版本后再启动。",
        f"This bundle is for 64-bit (x86_64) {systems} with Python {pythons}; here is {here}. Install one of them.",
    )
    return True


def python_of(env):
    """Return the program of an environment."""
    return env / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def install():
    """Make the environment anew; True when it is whole."""
    say(
        "首次启动，正在安装，约 1-5 分钟，不需要网络……",
        "First start: installing, 1 to 5 minutes, without network …",
    )
    made = subprocess.call([sys.executable, "-m", "venv", "--clear", str(ENV)]) == 0
    pip = [
        str(python_of(ENV)),
        "-m",
        "pip",
        "--isolated",
        "--disable-pip-version-check",
        "--no-input",
        "install",
    ]
    from_here = [
        "--quiet",
        "--no-index",
        "--no-deps",  # the list is whole; what is asked for and not used was left out
        "--find-links",
        "wheels",
        "--require-hashes",
        "-r",
        "requirements.txt",
    ]
    if not made or subprocess.call(pip + from_here, cwd=str(HERE)) != 0:
        say(
            "安装没有完成，原因见上面的英文。请核对磁盘空间和文件夹权限，并重新解压安装包后再试。",
            "Not installed; the reason stands above. Check disk space and permissions, unpack the zip again, retry.",
        )
        return False
    MADE.write_text(made_of(), encoding="utf-8")
    return True


def made_of():
    """Return what an environment is made of: another folder, Python or list of packages needs another one."""
    return "\n".join([str(HERE), sys.version, (HERE / "requirements.txt").read_text(encoding="utf-8")])


def main(given):
    """Install where needed, then run."""
    if unfit():
        return 1
    whole = MADE.is_file() and MADE.read_text(encoding="utf-8") == made_of()
    if not whole and not install():
        return 1
    run = [*given, str(HERE)] if given == ["lab"] else given or ["app"]
    try:
        return subprocess.call(
            [str(python_of(ENV)), "-m", "analysis.cli", *run], env={**os.environ, "PYTHONUTF8": "1"}
        )
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
