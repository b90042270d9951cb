"""What operators type, a file a subject; `cli` names them."""
