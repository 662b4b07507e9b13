echo text | gzip -n > plain.gz; mkdir d; tar --mtime=@1500000000 -cf d/in.tar -C . fake.tar.gz; : > empty.tar
