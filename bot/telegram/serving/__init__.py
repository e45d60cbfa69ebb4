"""Runs beside the handlers: answering and drawing processes, background tasks, the watchdog."""
