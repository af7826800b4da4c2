stateferry convert --help
