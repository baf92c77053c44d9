"""Who may do what, where, on the tip line: the rows that `access` adds to its own, in the same words and columns."""

# Of a tip, `own` is what the person's office keeps or is offered; no area and no rank above opens one. That there is one
# is told 404 elsewhere. Who may come in here still finds it locked until the box is unlocked, which is an answer too.
TIP_ADDRESSES = """
address                  how       needs                     thing       lead       county            leader  inspector  unit  group       township   village  intake
"""
