FROM localhost/python:3.13-slim
COPY requirements.txt .
COPY manage.py .
