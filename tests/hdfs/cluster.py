"""A real HDFS on this machine (MiniCluster.java), and Hadoop's own programs against it."""

import hashlib
import os
import pathlib
import shutil
import subprocess

HERE = pathlib.Path(__file__).resolve().parent


def class_path(work):
    """Fetches Hadoop by Maven and compiles MiniCluster, once below `work`; returns what java -cp takes."""
    pinned = hashlib.sha256((HERE / "pom.xml").read_bytes() + (HERE / "MiniCluster.java").read_bytes()).hexdigest()[:16]
    folder = work / f"hadoop-{pinned}"
    if not folder.exists():
        print("fetching Hadoop by Maven …", flush=True)
        part = work / "hadoop.part"
        shutil.rmtree(part, ignore_errors=True)
        (part / "classes").mkdir(parents=True)
        subprocess.run(["mvn", "-q", "-B", "-Dstyle.color=never", "-f", str(HERE / "pom.xml"),
                        f"-Dout={part / 'jars'}", "process-resources"], check=True)
        subprocess.run(["javac", "-cp", f"{part / 'jars'}/*", "-d", str(part / "classes"),
                        str(HERE / "MiniCluster.java")], check=True)
        shutil.copy(HERE / "log4j.properties", part / "classes")
        part.rename(folder)
    return f"{folder / 'classes'}:{folder / 'jars'}/*"


class Cluster:
    """One HDFS, with one name node or, `ha`, with two, of which the first is active."""

    def __init__(self, classes, folder, ha=False):
        self.classes = classes
        self.folder = folder
        self.conf = folder / "conf"
        self.ha = ha
        folder.mkdir(parents=True)
        self.log = (folder / "log").open("w")
        self.process = subprocess.Popen(
            ["java", "-Xmx400m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", classes, "MiniCluster",
             str(folder), "ha" if ha else "plain"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=folder)

    def wait(self):
        """Until it answers; the ports of its name nodes."""
        words = self.process.stdout.readline().split()
        if words[:1] != ["port"]:
            raise RuntimeError("HDFS does not come up:\n" + (self.folder / "log").read_text()[-3000:])
        self.ports = [int(word) for word in words[1:]]
        return self.ports

    def activate(self, number):
        self.process.stdin.write(f"active {number}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "ready\n"

    def uri(self, path, node=0):
        return f"hdfs://127.0.0.1:{self.ports[node]}{path}"

    def java(self, *arguments, user="flink", exit_code=0):
        """Runs a Java program of Hadoop's and returns what it prints."""
        done = subprocess.run(
            ["java", "-Xmx300m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", f"{self.conf}:{self.classes}",
             *map(str, arguments)],
            env={"PATH": os.environ["PATH"], "HADOOP_USER_NAME": user, "LC_ALL": "C.UTF-8"}, capture_output=True, text=True, timeout=120,
            check=False)
        assert done.returncode == exit_code, f"exit {done.returncode}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def dfs(self, *arguments, **more):
        """hdfs dfs ARGUMENTS"""
        return self.java("org.apache.hadoop.fs.FsShell", *arguments, **more)

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()


def hadoop_program(classes, folder):
    """A `hadoop` in `folder`, as an installation has it: the program of this name for the jars. Returns `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "hadoop"
    program.write_text(
        "#!/bin/sh\n"
        "[ \"$1\" = distcp ] || exit 2\n"
        "shift\n"
        f"exec java -Xmx400m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -cp \"$HADOOP_CONF_DIR:{classes}\" "
        "org.apache.hadoop.tools.DistCp \"$@\"\n")
    program.chmod(0o755)
    return folder
