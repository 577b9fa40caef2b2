"""Numbers for a report that satisfy every identity of its form, drawn from a seeded generator."""

from random import Random

from tests.kit.reports.statutory import APPLICANTS, DISPUTES, RESULTS, STATISTICS, Key, keys, outcome_rows

Values = dict[Key, int | float]


def balanced_values(form: str, rng: Random) -> Values:
    """A number for every cell of ``form`` so that no identity fails; small counts and many zeros, as in life."""
    values: Values = dict.fromkeys(keys(form), 0)
    if form == "2014":
        _fill_statistics(values, rng)
    else:
        _fill_disclosure(values, form, rng)
        _fill_requests(values, form, rng)
        _fill_disputes(values, rng)
    return values


def follow(values: Values, before: Values) -> None:
    """Make ``values`` the year after ``before`` of one agency, in place, both of the forms with requests: what was
    carried forward is what is carried over, and what is in force follows from last year's. No identity breaks.
    """
    for applicant in APPLICANTS[:-1]:
        carried = before["requests", "carried_forward", applicant]
        values["requests", "newly_received", applicant] += values["requests", "carried_over", applicant] - carried
        values["requests", "carried_over", applicant] = carried
        _receive_more(values, applicant)
    for row in ("carried_over", "newly_received", "carried_forward", "total"):
        values["requests", row, "total"] = sum(values["requests", row, a] for a in APPLICANTS[:-1])
    for row in ("regulations", "normative_documents"):
        if ("disclosure", row, "in_force") in values and ("disclosure", row, "in_force") in before:
            kept = before["disclosure", row, "in_force"]
            values["disclosure", row, "repealed"] = min(values["disclosure", row, "repealed"], kept)
            grown = values["disclosure", row, "issued"] - values["disclosure", row, "repealed"]
            values["disclosure", row, "in_force"] = kept + grown


def _receive_more(values: Values, applicant: str) -> None:
    """Where more was carried over than this year dealt with, the rest is carried forward once more."""
    short = -values["requests", "newly_received", applicant]
    if short > 0:
        values["requests", "newly_received", applicant] = 0
        values["requests", "carried_forward", applicant] += short


def _count(rng: Random) -> int:
    return rng.choice((0, 0, 0, 0, 1, 2, 3, rng.randint(4, 40), rng.randint(41, 1500)))


def _fill_disclosure(values: Values, form: str, rng: Random) -> None:
    for key in values:
        if key[0] == "disclosure":
            values[key] = _count(rng)
    for row in ("regulations", "normative_documents"):
        if form == "2021":
            issued = values["disclosure", row, "issued"]
            values["disclosure", row, "in_force"] = issued + rng.randint(0, 30)
        else:
            published = values["disclosure", row, "newly_published"]
            values["disclosure", row, "total_published"] = published + rng.randint(0, 30)
    amount = ("disclosure", "fees" if form == "2021" else "procurement", "amount_10k_cny")
    values[amount] = rng.choice((0, rng.randint(1, 9000), round(rng.uniform(0.01, 9000), 2)))


def _fill_requests(values: Values, form: str, rng: Random) -> None:
    parts = outcome_rows(form)
    rows = [*parts, "carried_forward", "carried_over", "newly_received", "total"]
    for applicant in APPLICANTS[:-1]:
        for row in (*parts, "carried_forward"):
            values["requests", row, applicant] = rng.choice((0, 0, 0, 0, 0, 0, 1, 2, rng.randint(3, 60)))
        total = sum(values["requests", row, applicant] for row in parts)
        values["requests", "total", applicant] = total
        whole = int(total + values["requests", "carried_forward", applicant])
        carried_over = rng.randint(0, min(whole, 5))
        values["requests", "carried_over", applicant] = carried_over
        values["requests", "newly_received", applicant] = whole - carried_over
    for row in rows:
        values["requests", row, "total"] = sum(values["requests", row, a] for a in APPLICANTS[:-1])


def _fill_disputes(values: Values, rng: Random) -> None:
    for row in DISPUTES:
        for column in RESULTS[:-1]:
            values["disputes", row, column] = rng.choice((0, 0, 0, 1, rng.randint(2, 12)))
        values["disputes", row, "total"] = sum(values["disputes", row, column] for column in RESULTS[:-1])


_SUMS = {
    "channels.total": "channels.",
    "requests.received": "requests.received_",
    "requests.completed": "requests.completed_",
    "replies.refused": "replies.refused_",
    "reconsideration.total": "reconsideration.",
    "litigation.total": "litigation.",
    "complaints.total": "complaints.",
    "deposited.total": "deposited.",
    "organization.staff_total": "organization.staff_",
}
_PART_OF = {
    "proactive.normative_documents_disclosed": "proactive.disclosed_items",
    "responses.press_conferences_by_head": "responses.press_conferences",
    "responses.online_interviews_by_head": "responses.online_interviews",
}


def _fill_statistics(values: Values, rng: Random) -> None:
    names = [key for key, *_ in STATISTICS if key]
    numbers: dict[str, int | float] = {name: _count(rng) for name in names}
    for whole, prefix in _SUMS.items():
        numbers[whole] = sum(numbers[name] for name in names if name.startswith(prefix) and name != whole)
    numbers["replies.total"] = sum(
        numbers[name]
        for name in names
        if name.startswith("replies.") and name != "replies.total" and not name.startswith("replies.refused_")
    )
    for part, whole in _PART_OF.items():
        numbers[part] = min(numbers[part], numbers[whole])
    numbers["organization.budget_10k_cny"] = round(rng.uniform(0, 20), 1)
    for name, number in numbers.items():
        values["statistics", name, "value"] = number
