FROM localhost/python:3.13-slim AS build
RUN python3 -m venv /venv
COPY requirements.txt .
RUN /venv/bin/pip install --no-index -r requirements.txt
