FROM localhost/python:3.13-slim
RUNN true
