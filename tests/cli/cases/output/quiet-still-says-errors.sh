stateferry -q inspect nowhere
