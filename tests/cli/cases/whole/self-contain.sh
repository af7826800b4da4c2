incremental_checkpoint
stateferry self-contain old/chk-2 new --as orders
rm -r old && mv new/orders elsewhere
stateferry verify --strict elsewhere
stateferry inspect --json elsewhere | json .verdict .relative-files
stateferry dump elsewhere | count '"file:'
