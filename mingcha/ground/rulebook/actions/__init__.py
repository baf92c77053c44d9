"""Every change to catalogues of rules, and to checklists."""
