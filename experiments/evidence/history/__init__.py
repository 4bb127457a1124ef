"""Ten years of England beside ten years of the model along the same paths of money, prices and pay."""
