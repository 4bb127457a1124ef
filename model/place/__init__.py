"""Where things are: organisations on a map and the referral network between them."""
