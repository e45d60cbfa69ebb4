"""The HTTP door: JSON under /v1, pages under / for readers without JavaScript. It reads requests and writes replies, no more."""
