mkdir sub && echo s > sub/s && mkdir sub/d && chmod 750 sub/d && rm -r .setup
