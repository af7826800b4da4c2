# A savepoint of today's Flink follows a plain copy: nothing is to be done.
savepoint
stateferry adopt old
stateferry adopt --json old | json .changed .files .relative-files .backup
ls -A old | count bak
rm old/5c896cad-8338-4fa0-863a-ffb421c43af0
stateferry adopt old
