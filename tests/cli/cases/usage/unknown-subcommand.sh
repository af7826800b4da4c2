stateferry plugins lst
