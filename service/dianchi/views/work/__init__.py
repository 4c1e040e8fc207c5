"""What planners of work lists see of the record: what stands where, and what was reported since."""
