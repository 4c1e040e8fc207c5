"""The pure core: standard library only, no clock, no ids, no IO."""
