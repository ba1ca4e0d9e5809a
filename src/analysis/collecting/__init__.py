"""A year's collection: workbooks handed out to schools, what comes back merged, the next year begun."""

from .handing_out import ROSTER, hand_out
from .next_year import Turnover, begin_year
from .returned import Collection, collect, write_collection

__all__ = ["ROSTER", "Collection", "Turnover", "begin_year", "collect", "hand_out", "write_collection"]
