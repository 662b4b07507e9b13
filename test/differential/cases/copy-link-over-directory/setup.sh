mkdir d; ln -s x d/ln
