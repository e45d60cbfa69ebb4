"""Turns an understood question into an answer in the sources' own words, without a generative model or a console."""
