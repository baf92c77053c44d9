"""Reserved: leads and cases of accountability. Nothing is built here yet."""
