"""The processes beside the server: one follows the record, one works on files."""
