"""Plumbing: database, outbox, jobs, settings, files, pictures, web. Knows no business."""
