@echo off
rem Installs from this folder on the first start, then runs junheng (without arguments: the page in the browser).
rem Plain ASCII, so that it reads alike under every code page; start.py speaks Chinese and English.
rem No blocks in brackets: a folder's name may hold one.
setlocal
set "PYTHON="
for %%v in (3.13 3.12 3.11) do call :try py -%%v
call :try python
if defined PYTHON goto found
echo Python 3.11, 3.12 or 3.13 (64 bit) is needed. See README.txt.
start "" notepad "%~dp0README.txt"
pause
exit /b 1

:try
if defined PYTHON exit /b 0
%* -c "import sys, venv; sys.exit(sys.version_info[:2] not in ((3, 11), (3, 12), (3, 13)))" >nul 2>nul
if not errorlevel 1 set "PYTHON=%*"
exit /b 0

:found
%PYTHON% "%~dp0start.py" %*
set "CODE=%ERRORLEVEL%"
if "%~1"=="" pause
exit /b %CODE%
