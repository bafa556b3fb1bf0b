"""Push what was rehearsed, then ask each registry whether it is that."""
