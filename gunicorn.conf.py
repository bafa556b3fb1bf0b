"""How gunicorn serves superlists; it reads this file by itself, from the folder it starts in."""

workers = 2
worker_class = "gthread"
threads = 16
graceful_timeout = 3
worker_tmp_dir = "/dev/shm"
