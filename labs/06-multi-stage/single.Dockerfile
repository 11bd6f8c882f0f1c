# The tide clock in one stage: the image contains everything that was needed to build it.
FROM golang:1.24
WORKDIR /src
COPY go.mod *.go ./
RUN go build -o /tide-clock .
EXPOSE 8000
CMD ["/tide-clock"]
