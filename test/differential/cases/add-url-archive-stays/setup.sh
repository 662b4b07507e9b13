mkdir -p in && echo a > in/a && tar --numeric-owner --owner=7 --group=7 --mtime=@1000000000 -cf x.tar -C in a && rm -r in
