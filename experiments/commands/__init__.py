"""The commands, a file each. Heavy imports wait until a command needs them."""
