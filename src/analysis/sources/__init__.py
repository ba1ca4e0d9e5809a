"""Read any file into the canonical tables, or say exactly why not."""
