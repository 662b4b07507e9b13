mkdir d; ln a b; echo x > d/x; ln d/x d/y; ln d/x z
