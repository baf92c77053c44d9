"""Who comes in: HTTP, forms and templates. No tables, no rules."""
