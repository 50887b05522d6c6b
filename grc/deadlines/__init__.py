"""Legal clocks, pure: public holidays, business days, implicit decisions, suspensions, appeals."""
