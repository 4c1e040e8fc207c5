"""Which batteries are in a vehicle, and what is known of what they are made of."""
