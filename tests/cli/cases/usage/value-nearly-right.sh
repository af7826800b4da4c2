stateferry plan --format cvs snapshots/2.3.0-inc new
