# What real Flink did with such snapshots: by the release that was asked for, nothing upwards, and by its neighbours
# where it was not tried.
stateferry convert --json --explain-target 1.20 snapshots/2.3.0-inc >down
json .conversion.restores-seen.0.snapshot .conversion.restores-seen.0.written-by .conversion.restores-seen.0.restored-by .conversion.restores-seen.0.restored .conversion.restores-seen.0.reason .conversion.canonical-savepoint-helps <down
stateferry convert --json --explain-target 2.3 snapshots/1.9.3-inc >up
json .conversion.restores-seen .conversion.canonical-savepoint-helps <up
stateferry convert --explain-target 1.19 snapshots/2.3.0-changelog | sed -n '/restored by/,$p'
