# What isn't there, said with what to do.
stateferry store check nowhere | sed 's/^credentials .*/credentials  …/'
exit "${PIPESTATUS[0]}"
