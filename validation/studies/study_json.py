"""Reads what the validation studies need from the JSON of a study."""


def trials(study):
    """Every trial, session by session."""
    return [trial for session in study["sessions"] for trial in session["trials"]]


def start_s(step):
    return step["contact"]["initial"]["time_s"]


def contacts(trial):
    """Side, start and end of each contact."""
    return [(c["initial"]["side"], c["initial"]["time_s"], c["terminal"]["time_s"]) for c in trial["contacts"]]


def used(trial):
    """Each used step with its contributors' peaks by name."""
    session = trial["convergence"] or {"steps": [], "contributors": []}
    names = [contributor["name"] for contributor in session["contributors"]]
    for step in session["steps"]:
        peaks = {name: peak for name, peak in zip(names, step["peaks"]) if "absent" not in peak}
        yield trial["steps"][step["source"]], peaks


def medians_s(sequence):
    """Median time of each channel after the start of the cycle, by name."""
    names = [channel["name"] for channel in sequence["channels"]]
    return {name: times["median_s"] for name, times in zip(names, sequence["times"])}


def lags(sequence):
    """Names and mean lag of each pair."""
    names = [channel["name"] for channel in sequence["channels"]]
    return [(names[p["from"]], names[p["to"]], p["mean_s"]["value"]) for p in sequence["pairs"]]


def full_order(sequence):
    return sequence["order"]["probability"]["value"]
