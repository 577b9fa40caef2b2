"""The one value of a row in a table that is a list: label, unit, value."""

from pipelines.documents.model import GridCell
from pipelines.forms.rows import RowLine
from pipelines.forms.value import read_value
from pipelines.forms.vocabulary import Vocabulary


def list_value(row: RowLine, vocabulary: Vocabulary) -> tuple[GridCell | None, str, str | None]:
    """(cell, why there is none, unit) of a row. The cell is None with an empty reason where nothing is printed.

    The value stands under its head where the head's place is known; else it is the only thing printed behind the label
    beside the unit. Two candidates are none.
    """
    unit = next((cell.text.strip() for cell in row.values if cell.text.strip() in vocabulary.units), None)
    printed = [cell for cell in row.values if _printed(cell) and cell.text.strip() not in vocabulary.units]
    start = next((slot.start for slot in row.header.slots if slot.column), None) if row.header else None
    headed = next((cell for cell in row.values if cell.column == start), None)
    if headed is not None and headed.text.strip() not in vocabulary.units:
        left = [cell for cell in printed if cell.column < headed.column]
        numbers = [cell for cell in printed if read_value(cell.text).state == "number"]
        if len(numbers) > 1 or (left and not _printed(headed)):
            return None, f"{len(printed)} values stand in a row of one column", unit
        return headed, "", unit
    if len(printed) == 1:
        return printed[0], "", unit
    if printed:
        return None, f"{len(printed)} values stand behind the label", unit
    return next((cell for cell in row.values if not _printed(cell)), None), "", unit


def _printed(cell: GridCell) -> bool:
    return bool(cell.text.strip()) or cell.image
