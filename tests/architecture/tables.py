"""The house rules about tables: they need the classes themselves, since a foreign key may be written as a string."""


def links(model):
    """Yield the foreign keys of a table that lead into another room."""
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model:
            there = field.related_model
            if there.__module__.startswith("mingcha.") and room(there) != room(model):
                yield field


def room(model):
    """Return the room a table stands in: mingcha.flow.findings; mingcha.tips."""
    path = model.__module__.split(".")
    return ".".join(path[: 2 if path[1] == "tips" else 3])


def rank(name, contracts):
    """Return a number: a table may point only at tables of a room with a greater one."""
    floor, own = name.split(".")[1], name.split(".")[-1]
    if floor == "tips":
        return 0
    if floor == "flow":
        return contracts["stages"]["layers"].index(own)
    layers = contracts["foundations"]["layers"]
    return 100 + next(n for n, row in enumerate(layers) if own in [part.strip() for part in row.split("|")])


def forward_links(model, contracts):
    """Return the foreign keys that point up the house, forward in time, or between the work and the sealed room."""
    here = room(model)
    return [
        field.name
        for field in links(model)
        if rank(here, contracts) >= rank(room(field.related_model), contracts)
        or {here.split(".")[1], room(field.related_model).split(".")[1]} == {"flow", "tips"}
    ]


def open_accessors(model):
    """Return the foreign keys by which an earlier room could see a later one, even sideways."""
    return [field.name for field in links(model) if field.remote_field.related_name != "+"]
