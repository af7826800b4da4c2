stateferry convert -r nowhere.yaml snapshots/2.3.0-inc new
