module folder

go 1.26
