printf y > "new
line"
