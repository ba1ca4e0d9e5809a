"""The worked-off ledger (销号台账): open items by school, matched year by year; what people typed in it is kept."""

from .matching import Conflict, Entry, work_off
from .reading import Ledger, read_ledger
from .standing import standings
from .writing import write_ledger

__all__ = ["Conflict", "Entry", "Ledger", "read_ledger", "standings", "work_off", "write_ledger"]
