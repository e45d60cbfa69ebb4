"""The only code that makes or runs the encoder."""
