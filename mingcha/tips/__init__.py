"""Reserved: the sealed room of the public tip line. Nothing is built here yet."""
