ln -s nowhere ln
