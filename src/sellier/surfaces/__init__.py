"""Where people and programs meet Sellier. A surface knows HTTP and HTML, and no other surface."""
