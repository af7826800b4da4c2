stateferry explain W-FORMAT-EXPERIMENTAL
