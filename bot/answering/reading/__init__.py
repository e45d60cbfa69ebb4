"""How well a statement answers a question: features, the reader's network, the forests that weigh both."""
