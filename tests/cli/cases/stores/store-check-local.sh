# A directory and a file of this machine; the user is another on each.
mkdir -p deep/er
printf content >deep/er/file
stateferry store check deep | sed 's/^credentials .*/credentials  …/'
stateferry store check deep/er/file | sed 's/^credentials .*/credentials  …/'
