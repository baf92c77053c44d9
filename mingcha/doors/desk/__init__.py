"""The door for officials at a desk: plan, draw, ledger, rectification, briefs."""
