mkdir -p d/private d/sticky; echo a > suid; chmod 4755 suid; echo o > d/old; touch -d '1999-12-31T23:59:59.75Z' d/old
chmod 0700 d/private; chmod 1777 d/sticky; echo r > d/ro; chmod 0444 d/ro; echo n > d/none; chmod 0 d/none; chmod 2750 d; touch -d 2010-05-05T05:05:05Z d d/private; chown 12:34 d/old d
