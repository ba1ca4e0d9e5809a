"""Every county and year of a province or the nation measured and judged at once, as one county would be alone."""

from .measuring import Measured, columns_needed, measure

__all__ = ["Measured", "columns_needed", "measure"]
