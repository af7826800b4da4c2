# Directories of merged files move with what lies beside them.
merged_checkpoint
cp -r old copy && mv old gone
stateferry -q adopt copy/chk-2
locations copy/chk-2 | count -v "^file:$PWD/copy/"
stateferry verify --inside copy copy/chk-2
