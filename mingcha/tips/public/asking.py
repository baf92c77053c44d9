"""The functions of migration 0002, by which the public's role reaches tips: sent JSON, given JSON."""
