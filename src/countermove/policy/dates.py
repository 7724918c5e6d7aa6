"""Dates and lists of names in the policy data: text and lists in the files, `datetime.date` and tuples inside."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from pydantic import BeforeValidator

from countermove.errors import InputError
from countermove.quantities.calendar import parse_date


def _read(value: Any) -> Any:
    """Read a date of any precision as its first day; pydantic reports what is wrong with it."""
    if not isinstance(value, str):
        return value
    try:
        return parse_date(value)
    except InputError as error:
        raise ValueError(error.what) from None


Date = Annotated[dt.date, BeforeValidator(_read)]
OptionalDate = Annotated[dt.date | None, BeforeValidator(_read)]


def _listed(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
