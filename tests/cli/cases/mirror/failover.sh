# A clone for CLAIM mode is the job's own; the mirrored one is left.
incremental_checkpoint
stateferry mirror -q --once --default-scheme file:/// old dst
contents dst >before
stateferry failover --json --dry-run dst | json .jobs.0.mode .jobs.0.files
contents dst | diff before - && echo untouched
stateferry failover dst --own own/all | grep -e mode -e initial | sed "s|$PWD|PWD|"
said stateferry verify -q --strict --inside own own/all/chk-2
said stateferry failover dst --own dst/inside
said stateferry failover dst --last --own x
stateferry failover dst --last --json | json .jobs.0.mode
stateferry failover dst nobody
