stateferry explain banana
