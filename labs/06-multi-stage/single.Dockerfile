# The tide-clock in one stage: what builds it is also what is shipped.
FROM golang:1.24
WORKDIR /src
COPY go.mod *.go ./
RUN go build -o /tide-clock .
EXPOSE 8000
CMD ["/tide-clock"]
