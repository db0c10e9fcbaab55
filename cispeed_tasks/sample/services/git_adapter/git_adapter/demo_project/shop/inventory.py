"""Keeps how many pieces of an article are in stock."""


class Inventory:
    """Articles and their numbers."""

    def __init__(self):
        self._stock = {}

    def add(self, article, pieces):
        self._stock[article] = self.count(article) + pieces

    def remove(self, article, pieces):
        if pieces > self.count(article):
            raise ValueError(f"only {self.count(article)} of {article} in stock")
        self._stock[article] -= pieces

    def count(self, article):
        return self._stock.get(article, 0)
