"""Reserved: supervision of supervision by a second lot. Nothing is built here yet."""
