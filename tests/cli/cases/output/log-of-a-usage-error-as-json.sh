stateferry --log-format json convrt 2>log
code=$?
json .code .message <log 2>/dev/null || cat log
exit "$code"
