FROM localhost:1/pyhton:3.13
RUN true
