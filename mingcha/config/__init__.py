"""The switchboard: settings, URLs, commands and jobs; the only place that may see everything."""
