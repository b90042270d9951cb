"""The vocabulary every module shares: money, ids, periods and refusals. No IO."""
