export NO_COLOR=1
stateferry --color always inspect snapshots/2.3.0-heap | count $'\e'
