"""ECMAScript regular expressions (without flags), matched in bounded time."""
