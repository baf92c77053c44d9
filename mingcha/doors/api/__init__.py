"""Reserved: the door for machines (OpenAPI, tokens, exports). Nothing is built here yet."""
