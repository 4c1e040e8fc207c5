"""What an organisation has in its stores, and what is on its way to them."""
