FROM localhost/python:3.13-slim AS build
WORKDIR /src
COPY requirements.txt .
RUN echo begin && \
    pip3.99 install requirements.txt

FROM localhost/python:3.13-slim
COPY --from=build /src /src
