mkdir d; ln -s x d/ln; ln -s y d/ln2
