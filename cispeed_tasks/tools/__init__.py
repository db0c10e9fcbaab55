"""The outside, one module per tool; a tool obeys and chooses nothing."""
