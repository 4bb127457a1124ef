"""The model in a browser: explore, follow a patient, compare, incentives, build a scenario. All on this machine."""
