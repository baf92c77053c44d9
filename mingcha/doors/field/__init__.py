"""The door for inspectors' phones: the team's list, visits, findings, feedback on the spot."""
