"""Predictions for a table: read a CSV, answer every row, write it whole or not at all."""

from __future__ import annotations

import csv
import gzip
import io
from pathlib import Path

from countermove.errors import InputError, did_you_mean
from countermove.hardware.serving.predictor import OUTPUT, predict_rows
from countermove.storage.whole import write_named

#: Columns without which no row can be answered.
NEEDED = ("backend", "model_path", "system", "isl", "osl")


def predict_file(source: Path, target: Path) -> dict[str, int]:
    """Write ``source`` with the columns of `predictor.OUTPUT` to ``target``; return how many rows and refusals.

    Raises InputError for a file that is no such table, and where another file is at ``target``; a row that cannot be read gets
    its reason in the table.
    """
    columns, rows = read_table(source)
    answers = predict_rows(rows)
    kept = [column for column in columns if column not in OUTPUT]
    _write(target, [*kept, *OUTPUT], [{**row, **answer} for row, answer in zip(rows, answers, strict=True)])
    return {"rows": len(rows), "refused": sum(answer["refused"] == "true" for answer in answers)}


def read_table(source: Path) -> tuple[list[str], list[dict[str, str | None]]]:
    """Return the columns and rows of a CSV, missing cells as None."""
    try:
        with (
            gzip.open(source, "rt", encoding="utf-8-sig", newline="")
            if source.suffix == ".gz"
            else source.open(encoding="utf-8-sig", newline="")
        ) as file:
            reader = csv.DictReader(file, restval=None, restkey=None)
            columns = list(reader.fieldnames or ())
            rows = [{name: row.get(name) for name in columns} for row in reader]
    except (OSError, EOFError) as error:
        raise InputError(f"cannot be read: {error}", where=str(source), hint="give a CSV file") from None
    except (UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"is not a CSV in UTF-8: {error}", where=str(source), hint="save it as CSV, UTF-8") from None
    for name in NEEDED:
        if name not in columns:
            raise InputError(f"the column '{name}' is missing", where=str(source), hint=did_you_mean(name, columns))
    return columns, rows


def _write(target: Path, columns: list[str], rows: list[dict[str, str | None]]) -> None:
    """Write the table whole or not at all; InputError where another file is already, the table it was made from included."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    try:
        write_named(target, text.getvalue().encode())
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", where=str(target), hint="give a writable folder") from None
