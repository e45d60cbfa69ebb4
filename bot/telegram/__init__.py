"""The bot on Telegram; the only importer of python-telegram-bot, matplotlib and prometheus_client."""
