"""Golden cases sent through the running stack, as a person's and a clerk's browser would send them."""
