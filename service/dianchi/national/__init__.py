"""The national platform: what an organisation owes it is pushed there, and the answers are kept."""
