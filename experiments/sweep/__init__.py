"""Sweeps: many runs of the model, from one file, that no crash can lose.

``design`` reads the file and lays out points, ``plan`` turns them into runs with keys, ``runs`` runs them, ``shards``
keeps what they gave, ``executors`` (``processes``, ``dask``) is where they run, ``drive`` sees to it that each is run
once.
"""
