"""The log: every event in one order, the only cursor anyone ever sees."""
