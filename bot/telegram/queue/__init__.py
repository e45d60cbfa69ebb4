"""Updates from arrival to answer: the journal, and the queue that works through it."""
