stateferry --version
