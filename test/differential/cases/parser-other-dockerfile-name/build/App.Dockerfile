FROM busybox
COPY a /x
