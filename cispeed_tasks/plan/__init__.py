"""What should happen: pure functions from data to data, with no files, processes, clock, environment or network."""
