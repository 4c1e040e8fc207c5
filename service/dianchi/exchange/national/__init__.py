"""The form and the wire of the national traceability interface, as one public client shows them."""
