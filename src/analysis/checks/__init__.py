"""Checks between figures: logical ones refuse, empirical ones ask; what they are is in params/checks.yaml."""
