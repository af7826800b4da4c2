stateferry --log-format json inspect nowhere 2>log
code=$?
json .level .code .severity .file .message .help <log
grep -cE '"time":"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z"' log
exit "$code"
