"""Those who act: patients, practices, hospitals, social care, commissioner, Treasury."""
