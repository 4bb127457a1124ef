"""The kinds of provider, by name, in the order that they are told what happened."""

from .community import CommunityServices
from .hospital import Hospitals
from .practice import Practices
from .social_care import SocialCare

COHORTS = {cohort.kind: cohort for cohort in (Practices, Hospitals, SocialCare, CommunityServices)}
