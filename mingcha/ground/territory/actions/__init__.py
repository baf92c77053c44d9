"""Every change to divisions, bodies and the register of sites."""
