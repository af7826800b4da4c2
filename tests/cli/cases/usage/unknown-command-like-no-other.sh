stateferry banana
