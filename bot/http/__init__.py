"""The HTTP front end: JSON under /v1, pages under / for readers without JavaScript. It only reads requests and writes
replies.
"""
