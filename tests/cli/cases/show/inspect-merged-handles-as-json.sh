# A segment says what it holds of its file; a file that many share is there once.
stateferry inspect --handles --where 'handle: segment-file' --top 1 --json snapshots/2.3.0-merge-inc >document
json .handle-count .handle-list.0.kind .handle-list.0.bytes <document
stateferry inspect --files --where 'handle: segment-file' --sort handles --top 1 --json snapshots/2.3.0-merge-inc >document
json .file-count .files.0.handles .files.0.segments .files.0.bytes .files.0.at-least-bytes <document
