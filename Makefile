.PHONY: setup
setup:
	@tools/set-up
