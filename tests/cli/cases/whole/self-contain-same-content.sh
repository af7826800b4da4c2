# Two subtasks wrote operator state of the same bytes: Flink would take one handle for both, and forget half of it.
cp -r "$TOOLS/../../examples/whole/2.3.0-same-content" old
delegates() {
  stateferry dump "$1" | sed -nE 's/^operators\[5\].*managed_operator\[0\]\.delegate\.relative_path: //p'
}
stateferry self-contain --as . --json old/chk-3 new | json .files .renamed .shared-content
delegates old/chk-3 | sort -u | count .
delegates new | sort -u | count .
diff <(cd old/chk-3 && printf '%s\n' *) <(cd new && printf '%s\n' *) && echo "the same names"
stateferry verify --strict new
