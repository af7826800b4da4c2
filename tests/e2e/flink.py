"""Real Flink releases, each in a JVM of its own that runs one job after the other."""

import os
import pathlib
import shutil
import subprocess
import threading

HERE = pathlib.Path(__file__).resolve().parent

# The packages of the JDK that Flink before 1.18 and its serializers open by reflection; 1.9 calls sun.net.util.
OPENED = """java.lang java.lang.reflect java.lang.invoke java.util java.util.concurrent
    java.util.concurrent.atomic java.util.concurrent.locks java.time java.net java.io java.nio java.text java.math
    sun.nio.ch""".split()
JVM = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx1g",
       "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
JVM += [option for package in OPENED for option in ("--add-opens", f"java.base/{package}=ALL-UNNAMED")]
JVM += ["--add-exports", "java.base/sun.net.util=ALL-UNNAMED"]


# Maven's local repository is not made for several that fetch at once.
MAVEN = threading.Lock()


def maven(arguments):
    done = subprocess.run(["mvn", "-q", "-B", "-Dstyle.color=never", *arguments], capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"Maven failed with {' '.join(arguments)}:\n{done.stdout}{done.stderr}")


class Refused(Exception):
    """The job could not be started or failed; `causes` has the head lines of Flink's exceptions."""

    def __init__(self, causes):
        super().__init__("\n".join(causes[:20]))
        self.causes = causes


class Flink:
    """One release. Compiled and started at the first use. `plugins` is Flink's plugin directory, if it has one."""

    def __init__(self, release, work, plugins=None):
        self.release = release
        self.plugins = plugins
        self.work = work / "flink" / release.version
        self.lock = threading.RLock()
        self.process = None
        self.known = {}

    def build(self):
        """Compiles the job; nothing is done when neither the sources nor the release have changed."""
        with MAVEN:
            self.build_alone()

    def build_alone(self):
        stamp = self.work / "built"
        sources = sorted(HERE.glob("src/**/*.*")) + [HERE / "pom.xml"]
        newest = str(max(source.stat().st_mtime_ns for source in sources)) + self.release.version
        if stamp.exists() and stamp.read_text() == newest and self.classpath_is_there():
            return
        shutil.rmtree(self.work, ignore_errors=True)
        self.work.mkdir(parents=True)
        command = ["-f", str(HERE / "pom.xml"), f"-Dfamily={self.release.family}",
                   f"-Dflink.version={self.release.version}", f"-Dout={self.work}", "compile"]
        if self.release.dstl:
            command.append(f"-Ddstl.version={self.release.dstl}")
        maven(command)
        stamp.write_text(newest)

    def classpath_is_there(self):
        return all(pathlib.Path(jar).exists() for jar in (self.work / "classpath").read_text().split(":"))

    def start(self):
        if self.process is not None and self.process.poll() is None:
            return
        self.build()
        classpath = f"{self.work}/classes:" + (self.work / "classpath").read_text()
        self.process = subprocess.Popen(
            ["java", *JVM, "-cp", classpath, "stateferry.e2e.Main"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=open(self.work / "stderr", "a"), text=True, cwd=self.work,
            env=os.environ | ({"FLINK_PLUGINS_DIR": str(self.plugins)} if self.plugins else {}))

    def end(self):
        """Lets the JVM end; stop() waits for that."""
        if self.process is not None:
            self.process.stdin.close()

    def stop(self):
        if self.process is not None:
            self.end()
            self.process.wait()
            self.process = None

    def ask(self, options):
        """One request; returns the lines that came back. Raises Refused."""
        with self.lock:
            self.start()
            self.process.stdin.write("\t".join(f"{name}={value}" for name, value in options.items()) + "\n")
            self.process.stdin.flush()
            told, causes = [], []
            for line in self.process.stdout:
                word, _, rest = line.rstrip("\n").removeprefix("> ").partition(" ")
                if word == "done":
                    return told
                if word == "failed":
                    raise Refused(causes)
                (causes if word == "cause" else told).append(rest if word == "cause" else (word, rest))
            raise RuntimeError(f"the JVM of Flink {self.release.version} ended; see {self.work}/stderr")

    def lacks(self, names):
        """None if this Flink has one of the classes or fields, else words that say so."""
        if not names:
            return None
        missing = [name for name in names if name not in self.known]
        if missing:
            has = {rest for _, rest in self.ask({"probe": " ".join(missing)})}
            self.known.update((name, name in has) for name in missing)
        if any(self.known[name] for name in names):
            return None
        name = names[-1].split(".")[-1].replace("#", ".")
        return f"Flink {self.release.version} has no `{name}`"


def java_version():
    done = subprocess.run(["java", "-version"], capture_output=True, text=True, check=True)
    return done.stderr.splitlines()[0]


def processors():
    return len(os.sched_getaffinity(0))
