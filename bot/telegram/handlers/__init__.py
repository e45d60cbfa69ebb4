"""What is done with an update once the door has let it in."""
