stateferry scan snapshots/2.3.0-inc ''
stateferry scan snapshots/2.3.0-inc "$(printf 'x%.0s' {1..1025})"
stateferry scan --files - x <snapshots/2.3.0-inc/_metadata
