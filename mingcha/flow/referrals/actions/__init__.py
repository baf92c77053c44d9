"""What may be done about leads and cases: one file for each thing. The software records a decision; it never makes one."""
