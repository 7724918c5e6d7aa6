"""Both governments: dated rules, the twelve levers, and what they make of the two gates (layer 3)."""
