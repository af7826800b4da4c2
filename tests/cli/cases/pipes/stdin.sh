gzip -c <snapshots/2.3.0-inc/_metadata | gzip -dc | stateferry convert "${move[@]}" - new
locations new | wc -l
