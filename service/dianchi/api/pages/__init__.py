"""The pages where people sign in and look after their account; they need no JavaScript."""
