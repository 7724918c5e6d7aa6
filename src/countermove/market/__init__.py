"""The market: who wants, makes and gets which chips, month by month. See `model.py` for the list of mechanisms."""
