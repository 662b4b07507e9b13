mkdir t; echo f > t/f; setcap cap_net_raw+ep t/f; tar --mtime=@1500000000 --xattrs --xattrs-include="*" --numeric-owner -C t -cf a.tar .; rm -r t
