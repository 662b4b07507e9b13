mkdir d; mkfifo -m 640 d/f
