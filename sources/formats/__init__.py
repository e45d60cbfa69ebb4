"""What the loaders share that knows more than plain text: boxes on a page, hyphens, titles, datelines."""
