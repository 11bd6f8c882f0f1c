module harbour/board

go 1.24
