"""Junheng 均衡: the gap between urban and rural schools, judged by the official rules."""

__version__ = "0.1.0"
