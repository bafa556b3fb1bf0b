FROM scratch
COPY requirements.txt /
RUN true
