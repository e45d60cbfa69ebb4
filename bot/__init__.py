"""Who answers: from a question to cited claims, on the command line and elsewhere."""

import os

# An answer multiplies small matrices: a second thread of numpy's would only spin beside it and double the work.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
