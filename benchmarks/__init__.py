"""How long the work takes, beside other ways of doing it; the figures stand in README.md."""
