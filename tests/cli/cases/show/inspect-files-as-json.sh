stateferry inspect --files --top 2 --sort name --json snapshots/2.3.0-inc >document
json .schema .file-count .files <document
json .operators.0.operator-uid .operators.1.operator-uid <document
