"""Pure decisions about locations: what files say of them, and when they are open and prepare."""
