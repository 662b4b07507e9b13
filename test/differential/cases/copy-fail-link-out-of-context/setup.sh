ln -s ../../../../etc/hostname-not-in-context ln
