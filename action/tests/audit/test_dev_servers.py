import pytest

from rehearsal.audit.dev_servers import server_of_command, server_of_header

# What ps shows; that of the best known ones was recorded from the real servers.
DEVELOPMENT = {
    "python manage.py runserver 0.0.0.0:8000": "Django's runserver",
    "/venv/bin/python3.13 manage.py runserver --noreload": "Django's runserver",
    "/venv/bin/python -u -X dev /app/manage.py runserver_plus": "Django's runserver",
    "/venv/bin/python /venv/bin/django-admin runserver --settings=config.settings": "Django's run",
    "/venv/bin/python /venv/bin/flask run": "Flask",
    "/venv/bin/python -m flask --app app run --debug -p 7002": "Flask",
    "/usr/bin/python3 /venv/bin/uvicorn main:app --host 0.0.0.0 --reload": "uvicorn --reload",
    "/venv/bin/python /venv/bin/gunicorn --reload -b :8000 app:app": "gunicorn --reload",
    "/venv/bin/python /venv/bin/fastapi dev --port 80 main.py": "fastapi dev",
    "/venv/bin/python /venv/bin/quart run": "Quart",
    "python -m http.server 8000 --directory /srv": "Python's http.server",
    "node /app/node_modules/.bin/nodemon server.js": "nodemon",
    "node --enable-source-maps --watch server.js": "node --watch",
    "node /app/node_modules/.bin/tsx watch src/index.ts": "tsx watch",
    "node /app/node_modules/.bin/ts-node-dev --respawn src/index.ts": "ts-node-dev",
    "node /app/node_modules/.bin/nest start --watch": "nest start",
    "node /app/node_modules/.bin/vite --host": "Vite",
    "node /app/node_modules/vite/bin/vite.js preview": "Vite",
    "node /app/node_modules/.bin/webpack serve --mode production": "webpack",
    "node /app/node_modules/.bin/webpack-dev-server": "webpack",
    "webpack": "webpack",
    "node /app/node_modules/.bin/next dev -p 80": "next dev",
    "node /app/node_modules/.bin/nuxt dev": "nuxt dev",
    "node /app/node_modules/.bin/astro dev --host": "astro dev",
    "ng serve --host 0.0.0.0": "ng serve",
    "node /app/node_modules/.bin/react-scripts start": "react-scripts",
    "node /app/node_modules/.bin/vue-cli-service serve": "vue-cli-service",
    "php -S 0.0.0.0:80 -t public": "PHP's own server",
    "/usr/bin/php8.2 -d memory_limit=1G -S 0.0.0.0:80 server.php": "PHP's own server",
    "php artisan serve --host=0.0.0.0": "artisan serve",
    "ruby bin/rails server -b 0.0.0.0 -e development": "Rails",
    "puma 6.4.2 (tcp://0.0.0.0:3000) [app] --environment=development": "Rails",
}
PRODUCTION = (
    "/venv/bin/python /venv/bin/gunicorn --bind :8888 superlists.wsgi:application",
    "gunicorn: master [superlists.wsgi:application]",
    "/venv/bin/python /venv/bin/gunicorn --reload-extra-file=x --no-reload app:app",
    "/venv/bin/python /venv/bin/uvicorn main:app --port 80 --workers 2 --reload-dir src",
    "/venv/bin/python /venv/bin/fastapi run main.py",
    "/venv/bin/python /venv/bin/hypercorn main:app",
    "/venv/bin/python /venv/bin/daphne -b 0.0.0.0 config.asgi:application",
    "/venv/bin/python /venv/bin/flask --app app tasks",
    "/venv/bin/python /venv/bin/celery -A config worker --autoreload",
    "uwsgi --ini uwsgi.ini",
    "/venv/bin/python -B -c from multiprocessing.resource_tracker import main;main(6)",
    (
        "/venv/bin/python -B -c from multiprocessing.spawn import spawn_main; spawn_main("
        "tracker_fd=7, pipe_handle=9) --multiprocessing-fork"
    ),
    "node server.js",
    "node server.js --watch",
    "node dist/main",
    "node /app/node_modules/.bin/next start -H 0.0.0.0",
    "next-server (v15.1.0)",
    "npm start",
    "node /app/node_modules/.bin/vite build --watch",
    "node /app/node_modules/.bin/webpack --watch",
    "node /app/vite-server.mjs",
    "node .output/server/index.mjs",
    "puma 6.4.2 (tcp://0.0.0.0:3000) [app]",
    "puma: cluster worker 0: 12 [app]",
    "ruby bin/rails server -e production",
    "ruby bin/rails server -b 0.0.0.0",
    "php-fpm: master process (/usr/local/etc/php-fpm.conf)",
    "php artisan queue:work",
    "apache2 -DFOREGROUND",
    "nginx: master process nginx -g daemon off;",
    "java -jar app.jar serve",
    "/server",
    "dotnet Shop.dll",
    "tail -f /var/log/runserver.log",
    "",
)


@pytest.mark.parametrize("command, name", DEVELOPMENT.items())
def test_server_of_command__development(command: str, name: str) -> None:
    server = server_of_command(command)
    assert server
    assert server.name.startswith(name)


@pytest.mark.parametrize("command", PRODUCTION)
def test_server_of_command__production(command: str) -> None:
    assert server_of_command(command) is None


def test_server_of_command__a_hostile_one_takes_no_time() -> None:
    assert not server_of_command("php" + " -a=b" * 20_000)
    assert not server_of_command("uv run" + " python -m x" * 20_000)


@pytest.mark.parametrize(
    "value, name",
    [
        ("WSGIServer/0.2 CPython/3.13.5", "Python's wsgiref"),
        ("Werkzeug/3.1.3 Python/3.13.5", "Flask's own server"),
        ("SimpleHTTP/0.6 Python/3.13.5", "Python's http.server"),
        ("BaseHTTP/0.6 Python/3.13.5", "Python's http.server"),
        ("WEBrick/1.8.1 (Ruby/3.3.0/2023-12-25)", "WEBrick"),
    ],
)
def test_server_of_header__development(value: str, name: str) -> None:
    server = server_of_header(value)
    assert server
    assert server.name == name


@pytest.mark.parametrize("value", ["", "nginx/1.27", "gunicorn", "uvicorn", "Kestrel", "Apache"])
def test_server_of_header__production(value: str) -> None:
    assert server_of_header(value) is None
