"""Every read of what is told: the ledger, its totals and gaps, the brief's figures."""
