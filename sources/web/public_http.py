"""HTTP to public addresses only, each connection to the very address that was checked. (The only module that loads
httpx and httpcore.)

Against SSRF, a name is resolved here, all of its addresses must be public, and the connection goes to one of these,
without
resolving again; TLS and the Host header keep the name. So neither redirects nor DNS rebinding reach the private
network.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore
import httpx

from sources.errors import FetchError, why
from sources.limits import SILENCE_SECONDS

Resolve = Callable[[str, int], list[str]]
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_REFUSED = [
    ipaddress.ip_network(net)
    for net in ("168.63.129.16/32", "192.88.99.0/24", "64:ff9b:1::/48", "fec0::/10", "::/96", "3fff::/20", "5f00::/16")
]  # the first is the metadata address of one cloud


def is_public(address: str) -> bool:
    """Whether an IP address is public; an IPv4 address embedded in IPv6 must be public, too."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = [ip.ipv4_mapped, ip.sixtofour, *(ip.teredo or ())]
        if ip in _NAT64:
            inner.append(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF))
        carried = [one for one in inner if one is not None]
        if carried:
            return all(is_public(str(one)) for one in carried)
    if any(ip.version == net.version and ip in net for net in _REFUSED):
        return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_unspecified or ip.is_loopback)


def resolve(host: str, port: int) -> list[str]:
    """All addresses of a name."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[4][0]) for address in found))


@contextmanager
def opened(
    url: str,
    headers: Mapping[str, str],
    deadline: float,
    *,
    allow: Collection[tuple[str, int]] = (),
    resolve: Resolve = resolve,
) -> Iterator[httpx.Response]:
    """The response to one GET, redirects not followed, its body unread; FetchError for any failure.

    `allow`: (address, port) pairs exempt from the public-address check, for tests.
    """
    transport = _Transport(_Backend(deadline, allow, resolve))
    try:
        with (
            httpx.Client(transport=transport, trust_env=False, timeout=SILENCE_SECONDS) as client,
            client.stream("GET", url, headers=dict(headers)) as response,
        ):
            yield response
    except httpx.InvalidURL as error:
        raise FetchError(f"{url} is no web address ({why(error)}): write it in full, with https://") from error
    except (httpx.TimeoutException, httpcore.TimeoutException, TimeoutError) as error:
        raise FetchError(f"{url} took too long to answer: try again later") from error
    except (
        httpx.HTTPError,
        httpcore.NetworkError,
        httpcore.ProtocolError,
        httpcore.UnsupportedProtocol,
        OSError,
    ) as error:
        raise FetchError(f"{url} cannot be fetched ({why(error)}): try again later") from error


class _Transport(httpx.BaseTransport):
    """An httpx transport over an httpcore pool with our backend."""

    def __init__(self, backend: httpcore.NetworkBackend) -> None:
        self._pool = httpcore.ConnectionPool(ssl_context=httpx.create_ssl_context(), network_backend=backend)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        url = request.url
        inner = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                content=b"",
                extensions=request.extensions,
            )
        )
        return httpx.Response(inner.status, headers=inner.headers, stream=_Body(inner))

    def close(self) -> None:
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, inner: httpcore.Response) -> None:
        self._inner = inner

    def __iter__(self) -> Iterator[bytes]:
        yield from self._inner.iter_stream()

    def close(self) -> None:
        self._inner.close()


class _Backend(httpcore.NetworkBackend):
    """Connects to checked addresses only, and not after the deadline."""

    def __init__(self, deadline: float, allow: Collection[tuple[str, int]], resolve: Resolve) -> None:
        self._deadline = deadline
        self._allow = allow
        self._resolve = resolve
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        addresses = self._addresses(host, port)
        for address in addresses:
            if (address, port) not in self._allow and not is_public(address):
                raise FetchError(
                    f"{host} resolves to {address}, which is not a public address: save the document and add the file"
                )
        error: Exception = OSError("no address")
        for address in addresses:
            try:
                stream = self._inner.connect_tcp(address, port, _left(self._deadline, timeout), None, socket_options)
                return _Stream(stream, self._deadline)
            except (httpcore.ConnectError, httpcore.ConnectTimeout, OSError) as failed:
                error = failed
        raise error

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore.NetworkStream:
        raise FetchError(f"{path} is no web address: write it in full, with https://")

    def _addresses(self, host: str, port: int) -> list[str]:
        """Resolve in a thread, since the system's resolver has no timeout."""
        found: list[str] = []
        wrong: list[OSError | UnicodeError] = []

        def look() -> None:
            try:
                found.extend(self._resolve(host, port))
            except (OSError, UnicodeError) as error:
                wrong.append(error)

        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        thread.join(_left(self._deadline, SILENCE_SECONDS))
        if not found:
            raise FetchError(f"{host} cannot be resolved: check the address and the connection")
        return found


class _Stream(httpcore.NetworkStream):
    """A connection with one deadline for all operations, however slowly a server sends."""

    def __init__(self, inner: httpcore.NetworkStream, deadline: float) -> None:
        self._inner = inner
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, _left(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(self._deadline, timeout))

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        return _Stream(
            self._inner.start_tls(ssl_context, server_hostname, _left(self._deadline, timeout)), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()


def _left(deadline: float, timeout: float | None) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return min(left, timeout if timeout is not None else left)
