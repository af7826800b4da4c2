# chk-N, savepoint-* and what is no whole snapshot, the newest first by time, not by number.
a_job
stateferry inspect job
stateferry inspect --json job >document
json .schema .newest .snapshots.0.name .snapshots.1.name .snapshots.2.complete .snapshots.2.why <document
json .snapshots.0.new-files .snapshots.3.new-files .snapshots.4.complete <document
