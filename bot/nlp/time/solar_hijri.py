"""The Solar Hijri calendar of Iran and Afghanistan, for the years that readers write."""

from sources.text.solar_hijri import FIRST_YEAR, LAST_YEAR, is_leap, month_days, new_year, year_days

__all__ = ["FIRST_YEAR", "LAST_YEAR", "is_leap", "month_days", "new_year", "year_days"]
