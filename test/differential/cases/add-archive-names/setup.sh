echo 1 > f; mkdir "sp ace"; echo 2 > "sp ace/ü"; L=$(printf 'long%.0s' $(seq 1 60)); mkdir -p "$(printf 'p%.0s' $(seq 1 90))/$(printf 'q%.0s' $(seq 1 90))"; echo 3 > "$(printf 'p%.0s' $(seq 1 90))/$(printf 'q%.0s' $(seq 1 90))/$L"
find . -exec touch -hd 2005-05-05T05:05:05Z {} +; tar --numeric-owner --sort=name --exclude=a.tar --exclude=Dockerfile -cf a.tar .; rm -r f "sp ace" ppp*
