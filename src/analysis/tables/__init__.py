"""The tables as offices print them: frames of the measures in, one Table with headers, units and basis out."""
