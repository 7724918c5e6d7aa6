"""Reads articles: from a text to dated, attributed claims beside the ledger, and the reviewer's overlay of accepted ones."""
