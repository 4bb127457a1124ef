"""A comparison as one file that can be read, printed, checked and handed on."""
