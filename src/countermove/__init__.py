"""Countermove: a sourced simulator of the contest over AI chips between two governments."""
