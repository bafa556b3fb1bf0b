"""The sub-command `audit`: audit an image that the engine has."""
