FROM localhost/python:3.13-slim
COPY requirements.txt static/app.css /src/
CMD ["true"]
