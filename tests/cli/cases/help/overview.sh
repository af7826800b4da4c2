stateferry --help
