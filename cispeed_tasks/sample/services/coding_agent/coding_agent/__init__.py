"""Proposes a patch as a unified diff, by simple rules."""
