"""picomatch's glob dialect, translated into ECMAScript regular expressions."""
