"""Published natural experiments as data: the effects of payment reforms, compared with the model."""
