"""What runs beside the handlers: processes that answer and draw, background tasks, the watchdog."""
