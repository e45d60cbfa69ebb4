"""The webhook: Telegram delivers updates through a proxy, authenticated by a secret.

An update is confirmed (200) once it is in the journal; after any other answer, Telegram delivers it again.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from urllib.parse import urlsplit

from aiohttp import web
from telegram import Bot
from telegram.error import InvalidToken, RetryAfter, TelegramError

from bot.errors import SetupError, StoreError
from bot.settings import Settings
from bot.telegram.metrics import Metrics
from bot.telegram.queue.updates import is_update
from bot.telegram.secrets import read_webhook_secret
from bot.telegram.transport.incoming import Incoming
from bot.telegram.transport.retry import seconds_of

SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"
MAX_UPDATE_BYTES = 1 << 20  # of an update; Telegram's are some thousands
MAX_CONNECTIONS = 40  # that Telegram may open at once
LOOK_SECONDS = 30.0  # interval between checks that Telegram still uses this webhook
log = logging.getLogger("torkham.webhook")


class Webhook:
    """Listens on `telegram_webhook_host` and `_port` until cancelled; SetupError for invalid settings."""

    def __init__(
        self, bot: Bot, incoming: Incoming, metrics: Metrics, settings: Settings, *, shared: bool = False
    ) -> None:
        """`shared`: other replicas serve the same webhook, so it stays set when this one ends."""
        self._bot = bot
        self._shared = shared
        self._incoming = incoming
        self._metrics = metrics
        self._secret = read_webhook_secret(settings)
        base = settings.telegram_webhook_url.rstrip("/")
        own_server = settings.telegram_base_url != Settings(home=settings.home).telegram_base_url
        if urlsplit(base).scheme != "https" and not own_server:
            raise SetupError(
                "TORKHAM_TELEGRAM_WEBHOOK_URL must begin with https://: Telegram brings updates nowhere else."
            )
        self.path = "/" + path_of(self._secret)
        self._url = base + self.path
        self._host, self._port = settings.telegram_webhook_host, settings.telegram_webhook_port
        self._runner: web.AppRunner | None = None
        self._told = False
        self.ready: Callable[[], bool] = lambda: True

    async def begin(self) -> None:
        """No-op: the webhook is registered in `run`, after recovery."""

    async def run(self) -> None:
        """Listen, and keep the webhook registered; SetupError when the port is taken or the token is rejected."""
        await self._listen()
        failures = 0
        while True:
            try:
                await self._look()
            except InvalidToken:
                raise SetupError("Telegram does not know this token: take it from BotFather again.") from None
            except TelegramError as error:
                failures += 1
                log.warning("Telegram cannot be asked about the webhook (%s)", type(error).__name__)
                wait = seconds_of(error) if isinstance(error, RetryAfter) else min(0.3 * 2.0 ** min(failures, 6), 15.0)
                await asyncio.sleep(wait)
                continue
            failures = 0
            self._metrics.polled()
            await asyncio.sleep(LOOK_SECONDS)

    async def end(self) -> None:
        """Stop listening; unless others serve the webhook, delete it so that Telegram queues updates until the next
        start.
        """
        if self._runner is not None:
            await self._runner.cleanup()
        if self._shared:
            return
        try:
            await self._bot.delete_webhook(drop_pending_updates=False)
        except TelegramError as error:
            log.warning("the webhook could not be taken away (%s)", type(error).__name__)

    async def _listen(self) -> None:
        app = web.Application(client_max_size=MAX_UPDATE_BYTES)
        app.router.add_post(self.path, self._answer)
        app.router.add_get("/ready", self._ready)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=2)
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except OSError as error:
            raise SetupError(
                f"{self._host}:{self._port} cannot be listened on ({error.strerror}): choose another."
            ) from None
        log.info("waiting for Telegram on %s:%s", self._host, self._port)

    async def _look(self) -> None:
        # Set again after every start: that also ends the growing delays after failed deliveries.
        if not self._told or (await self._bot.get_webhook_info()).url != self._url:
            await self._bot.set_webhook(
                self._url,
                secret_token=self._secret,
                allowed_updates=self._incoming.kinds,
                max_connections=MAX_CONNECTIONS,
                drop_pending_updates=False,
            )
            self._told = True
            log.info("Telegram was told where to bring updates")

    async def _answer(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._secret.encode()):
            log.warning("somebody without the secret came to the webhook")
            return web.Response(status=401)
        try:
            update = json.loads(await request.read())
            if not is_update(update):
                raise ValueError
        except ValueError:
            return web.Response(status=400)
        try:
            await self._incoming.take([update])
        except StoreError as error:  # not confirmed: Telegram delivers it again
            log.warning("%s", error)
            return web.Response(status=503)
        return web.Response()

    async def _ready(self, _request: web.Request) -> web.Response:
        """For a load balancer: whether updates are accepted here."""
        return web.Response(status=200 if self.ready() else 503)


def path_of(secret: str) -> str:
    """A path that only holders of the secret can know, the same after every start: 32 hex digits."""
    return hmac.new(secret.encode(), b"torkham webhook path", hashlib.sha256).hexdigest()[:32]
