# syntax-free
FROM localhost/python:3.13-slim
RUN <<END
set -e
echo one
false
END
