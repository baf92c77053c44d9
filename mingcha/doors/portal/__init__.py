"""Reserved: the door for the public. Nothing is built here yet."""
