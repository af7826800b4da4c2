# A job's directory holds chk-N, shared and taskowned, but no _metadata.
mkdir -p job/chk-1 job/shared
stateferry verify job
