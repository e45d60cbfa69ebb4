"""What a reader sees: blocks, buttons and pictures. Pure, but for the drawing."""
