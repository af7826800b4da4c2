printf '4551bc7a44239d222055501a83d275a0\nfine\n4551bc7a44239d222055501a83d275a0 "a",b\n' >uids.txt
printf 'xx,"a"\n4551bc7a44239d222055501a83d275a0,"a\n' >>uids.txt
stateferry inspect --uids uids.txt snapshots/1.9.3-inc
stateferry inspect --uids missing.txt snapshots/1.9.3-inc
