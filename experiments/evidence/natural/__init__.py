"""Published natural experiments as data: what happened when payment changed, beside what the model says."""
