"""Further containers of the rehearsed image: how they are planned, started and observed."""
