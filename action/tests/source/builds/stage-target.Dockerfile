FROM localhost/python:3.13-slim AS base
FROM base AS test
RUN exit 3
