"""A search engine for Argilla that needs nothing but Argilla's own database.

Runs inside the environment of the Argilla server and imports nothing of `sysgen_distilabel`. The server
commits to its database before it tells its search engine, so every question can be answered from there,
by several processes, on SQLite and PostgreSQL, and there is no index that could be out of date.

Limits: a search reads the rows it may have to look at, so its time grows with the dataset; fine for tens
of thousands of records. Words are compared as they are, in lower case: no stemming and no ranking by
relevance.
"""
