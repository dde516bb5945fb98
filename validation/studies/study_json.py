"""Reads what the validation studies need from the JSON of a study."""


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
