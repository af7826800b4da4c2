ln -s nowhere link
stateferry inspect link
