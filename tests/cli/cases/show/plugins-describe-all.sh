for name in assert.none handle.absolutize uri.map-prefix uri.regex uri.replace-prefix uri.scheme; do
  stateferry plugins describe "$name" | sed -n 1p
done
