module harbour.example/tide-clock

go 1.24
