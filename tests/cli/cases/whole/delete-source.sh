incremental_checkpoint
mkdir old/chk-3 && echo "damaged" >old/chk-3/_metadata
stateferry move --delete-source old/chk-2 new
echo "exit $?"
find old -type f | count .
cp old/chk-2/_metadata old/chk-3/
stateferry move --delete-source old/chk-2 new
ls old
stateferry verify new/chk-2
find old/shared -type f | count .
