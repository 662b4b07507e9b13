mkdir -p t/d/e; echo one > t/f; echo two > t/d/e/g; ln t/f t/hard; ln -s f t/soft; mkfifo t/fifo; chmod 4750 t/f; chmod 700 t/d; chown -R 12:34 t/d; chmod 711 t; chown 9:9 t; find t -exec touch -hd 2005-05-05T05:05:05Z {} +
T="tar --numeric-owner --sort=name -C t"
$T -cf a.tar .; cp a.tar c2.tar
