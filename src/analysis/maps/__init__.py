"""
Maps an office can print: frames and ground in, figures out; never load, never compute a verdict.

There is no national outline; every sheet is a 示意图 with room for its 审图号.
"""

from __future__ import annotations

from .areas import township_map, township_panels
from .distances import distance_map
from .points import class_map, money_map, school_map
from .region import cluster_maps, gap_maps, region_ground

__all__ = [
    "class_map",
    "cluster_maps",
    "distance_map",
    "gap_maps",
    "money_map",
    "region_ground",
    "school_map",
    "township_map",
    "township_panels",
]
