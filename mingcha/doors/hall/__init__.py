"""What every door shares: sign-in, the clock, the language, the page frame, refusals."""
