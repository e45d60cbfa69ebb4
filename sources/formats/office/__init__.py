"""Word, OpenDocument and PowerPoint."""
