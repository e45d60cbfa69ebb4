"""Handlers of the updates that the door admits."""
