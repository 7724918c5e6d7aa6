"""Units, the calendar and the named array axes: what every other room counts in (layer 0)."""
