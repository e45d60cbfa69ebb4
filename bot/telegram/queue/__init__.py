"""Updates from their arrival to their answer: the journal, and the queue that works through it."""
