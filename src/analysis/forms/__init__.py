"""The workbook that is handed out, returned in colour, and described in the data dictionary."""
