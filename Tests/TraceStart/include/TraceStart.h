/// Nothing to call: linking this in is what counts. See start.c.
