"""Greets customers."""


def greet(name):
    name = name.strip() or "friend"
    return f"Hello, {name}!"


def say_goodbye(name):
    print(f"Goodbye, {name}!")
