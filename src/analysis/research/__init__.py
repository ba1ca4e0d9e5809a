"""How far a finding can be trusted: intervals, choices, parts, change, neighbours and peers."""
