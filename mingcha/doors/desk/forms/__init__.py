"""What officials type at the desk: plain forms. They shape and check input; the rooms decide."""
