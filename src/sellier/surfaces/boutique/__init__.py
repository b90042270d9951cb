"""The boutique app: what an associate sees on a tablet or a phone; orders of their own alone."""
