"""The population: health, chances, newcomers and samples."""
