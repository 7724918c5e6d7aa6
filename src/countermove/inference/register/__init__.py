"""The register of predictions: dated, hashed, never rewritten (docs/decisions/0092)."""
