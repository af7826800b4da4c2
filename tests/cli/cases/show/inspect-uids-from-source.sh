mkdir -p job/src/deep
cat >job/src/Job.java <<'JAVA'
class Job {
  void run() {
    stream.process(new Keyed()).uid("keyed-uid").name("keyed");
    other . uid ( "source-a-uid" );
    third.uid(PREFIX + "x").uid("a" + b);
    setuid("raw-uid");
  }
}
JAVA
printf 'stream.uid("""raw-uid""")\n' >job/src/deep/Job.scala
printf "stream.uid('s\\\\u006fme')\n" >job/src/deep/job.py
printf 'stream.uid("never")\n' >job/src/notes.txt
ln -s /nowhere job/src/deep/Broken.kt
stateferry inspect --operators --uids-from-source job --jsonl snapshots/1.9.3-inc >operators
grep -o '"operator-uid":[^,]*' operators
# What --uids says wins.
printf '0280cff30166c8fe8bb88cc69f845dc0 renamed\n' >uids
stateferry inspect --operators --uids uids --uids-from-source job --top 1 --jsonl snapshots/1.9.3-inc | grep -o '"operator-uid":[^,]*'
stateferry inspect --uids-from-source nowhere snapshots/1.9.3-inc
