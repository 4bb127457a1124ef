"""Controls of the app: fields, pickers and editors."""
