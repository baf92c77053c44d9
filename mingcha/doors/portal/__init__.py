"""The door for the public: what is published, and what the holder of a one-time link may do about one order."""
