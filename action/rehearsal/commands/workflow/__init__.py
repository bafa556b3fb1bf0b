"""What the reusable workflow needs besides the action: checked inputs, a way for the image."""
