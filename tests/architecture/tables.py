"""The house rules about tables: they need the classes themselves, since a foreign key may be written as a string."""


def links(model):
    """Yield the foreign keys of a table that lead into another room."""
    for field in model._meta.get_fields():
        if field.is_relation and field.concrete and field.related_model:
            there = field.related_model
            if there.__module__.startswith("mingcha.") and room(there) != room(model):
                yield field


def room(model):
    """Return the room a table stands in: mingcha.flow.findings."""
    return ".".join(model.__module__.split(".")[:3])


def rank(name, contracts):
    """Return a number: a table may point only at tables of a room with a greater one."""
    _, floor, own = name.split(".")
    if floor == "flow":
        return contracts["stages"]["layers"].index(own)
    layers = contracts["foundations"]["layers"]
    return 100 + next(n for n, row in enumerate(layers) if own in [part.strip() for part in row.split("|")])


def forward_links(model, contracts):
    """Return the foreign keys that point up the house or forward in time."""
    here = rank(room(model), contracts)
    return [field.name for field in links(model) if here >= rank(room(field.related_model), contracts)]


def open_accessors(model):
    """Return the foreign keys by which an earlier room could see a later one, even sideways."""
    return [field.name for field in links(model) if field.remote_field.related_name != "+"]
