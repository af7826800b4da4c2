savepoint
mkdir -p new
name=5c896cad-8338-4fa0-863a-ffb421c43af0
echo "something else" >"new/$name"
stateferry move --as . old new
echo "exit $?"
[[ -e new/_metadata ]] || echo "no _metadata"
rm "new/$name"
stateferry move -q --as . old new && cp "$TOOLS/data/2.3.0-heap/_metadata" new/
stateferry move --as . old new
