"""One module for each subcommand of `mingcha`."""
