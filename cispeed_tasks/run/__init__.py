"""What happens: look, plan, act, record. The only room that sees both `plan` and `tools`."""
