savepoint
touch old/stray
stateferry verify old
echo "exit $?"
stateferry verify --strict old
