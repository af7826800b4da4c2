savepoint
rm old/5c896cad-8338-4fa0-863a-ffb421c43af0
stateferry move old new
echo "exit $?"
ls
