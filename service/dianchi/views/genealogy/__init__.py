"""From which batteries and lots a thing came, and into which it went."""
