"""What must hold of every brief and explainer of a library."""
