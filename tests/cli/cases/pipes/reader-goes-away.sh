{
  sleep 0.5
  stateferry convert "${move[@]}" snapshots/2.3.0-inc -
  echo "exit code $?" >&2
} | :
