"""Prices in cents."""


def discounted(total, percent):
    return total - (total * percent + 50) // 100


def parse_price(text):
    try:
        euros, cents = text.split(".")
        return int(euros) * 100 + int(cents)
    except:
        return None
