"""One row for each duty of each battery, with the verdicts that earlier rules gave."""
