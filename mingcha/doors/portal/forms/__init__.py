"""What people without an account may fill in."""
