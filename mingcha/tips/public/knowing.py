"""What every submission needs and nobody writes: places, units, who can receive, terms. Read once a minute for a process."""
