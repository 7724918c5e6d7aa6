"""Rolling origins: a market model judged by what it said before it could know (docs/decisions/0091)."""
