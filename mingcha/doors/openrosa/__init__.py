"""Reserved: the door for the OpenRosa protocol. Nothing is built here yet."""
