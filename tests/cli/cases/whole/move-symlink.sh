savepoint
name=5c896cad-8338-4fa0-863a-ffb421c43af0
mv "old/$name" elsewhere && ln -s ../elsewhere "old/$name"
stateferry move old new
echo "exit $?"
find new -name _metadata
