# The option's value is not taken for the command.
stateferry --color never convrt snapshots/2.3.0-inc new
