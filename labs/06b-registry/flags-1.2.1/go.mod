module harbour.example/flags

go 1.24
