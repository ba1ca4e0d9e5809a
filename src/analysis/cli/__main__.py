"""`python -m analysis.cli` is `junheng`."""

from . import main

main()
