"""Letters: the mails that customers get about what they bought. Shows nothing on the web."""
