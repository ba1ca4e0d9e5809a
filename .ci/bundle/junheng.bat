@echo off
rem Installs from this folder on the first start, then runs junheng (without arguments: the page in the browser).
rem Plain ASCII, so that it reads alike under every code page; start.py speaks Chinese and English.
setlocal
set "PYTHON="
for %%v in (3.13 3.12 3.11) do if not defined PYTHON (
  py -%%v -c "import venv" >nul 2>nul && set "PYTHON=py -%%v"
)
if not defined PYTHON (
  python -c "import sys, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))" >nul 2>nul && set "PYTHON=python"
)
if not defined PYTHON (
  echo Python 3.11, 3.12 or 3.13 ^(64 bit^) is needed. See README.txt.
  start "" notepad "%~dp0README.txt"
  pause
  exit /b 1
)
%PYTHON% "%~dp0start.py" %*
set "CODE=%ERRORLEVEL%"
if "%~1"=="" pause
exit /b %CODE%
