# What is the same in another format is not the same file, and its operators have not become others.
stateferry -q convert --for-flink 1.20 --on-loss report snapshots/2.3.0-inc there 2>/dev/null
stateferry diff --json snapshots/2.3.0-inc there >document
echo "exit $?"
json .same .format-changed .operators-renamed .operators-added .handles.new.count .handles.gone.count <document
