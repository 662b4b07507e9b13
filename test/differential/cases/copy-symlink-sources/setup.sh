ln -s a ln-file; ln -s d ln-dir; ln -s /d/x abs-file; ln -s nowhere d/dangling; ln -s ../a d/up; touch -hd 2001-01-01T00:00:00Z ln-file
