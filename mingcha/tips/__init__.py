"""The sealed room: the public tip line. What a citizen reports is readable to whoever was given a key to it, and to nobody else."""
