"""Pure decisions: which events go out and how they are said; where and how often we send."""
