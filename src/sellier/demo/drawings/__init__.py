"""The drawings of the demo group: each piece as SVG, made from its look. Pure, no IO."""
