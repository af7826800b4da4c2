echo '<html><body>404 Not Found</body></html>' >in
stateferry inspect in
