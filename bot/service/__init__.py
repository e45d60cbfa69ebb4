"""What every door answers with: the serving index, the processes that answer from it, one object in front. Imports no door."""
