mkdir -p d/empty d/1/2/3/4/5 e; printf "" > d/zero
