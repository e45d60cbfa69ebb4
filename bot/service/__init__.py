"""The service behind every front end: the serving index, the answering processes, one object in front. Imports no front
end.
"""
