"""What the house stands on."""
