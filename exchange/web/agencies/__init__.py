"""What agencies ask and say: vacancies, matches, claims, envelopes, introductions and hires."""
