echo text | gzip -n > plain.gz; mkdir d; tar -cf d/in.tar -C . fake.tar.gz; : > empty.tar
