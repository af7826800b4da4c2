# A copy in another bucket needs other files, and its state is as large as before.
stateferry -q convert "${move[@]}" snapshots/2.3.0-inc/_metadata new
stateferry diff --json snapshots/2.3.0-inc new >document
echo "exit $?"
json .same .operators-renamed .files.shared.count .operators.0.changes <document
