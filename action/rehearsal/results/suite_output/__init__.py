"""What a test runner prints about its tests, without any report."""
