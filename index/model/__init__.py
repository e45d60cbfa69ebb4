"""Prepares and runs the encoder; no other code touches the model."""
