"""
A store: the canonical tables of many counties in Parquet, ordered so that one county is found at once.

`store.json` says what there is and in which folder it stands; it is replaced as a whole after that folder has been
written, so that a store is the old one or the new one, never half of one.
"""

from .late import Change, changes, other_schools, take_in
from .manifest import NAME, is_store, store_among
from .reading import Store
from .writing import refuse_other, write_store

__all__ = [
    "NAME",
    "Change",
    "Store",
    "changes",
    "is_store",
    "other_schools",
    "refuse_other",
    "store_among",
    "take_in",
    "write_store",
]
