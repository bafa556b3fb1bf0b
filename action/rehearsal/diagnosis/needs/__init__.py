"""What else the next rehearsals would lack, as the project's source shows it."""
