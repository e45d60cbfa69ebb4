"""What a reader sees: blocks, buttons and pictures. Pure, except drawing."""
