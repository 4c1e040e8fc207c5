"""What each organisation reported and when, as far as it may be a finding."""
