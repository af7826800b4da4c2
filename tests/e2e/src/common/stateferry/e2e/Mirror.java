package stateferry.e2e;

import java.io.IOException;
import java.net.URI;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileStatus;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.FileSystemFactory;
import org.apache.flink.core.fs.Path;
import org.apache.flink.core.fs.local.LocalFileSystem;

/**
 * A file system of a scheme of its own, for reading: `mirror:/…/origin/x` is the local file `/…/mirror/x`. So a
 * snapshot in which only the scheme was changed can be restored after the original is gone, and only so.
 */
public final class Mirror implements FileSystemFactory {
  @Override
  public String getScheme() {
    return "mirror";
  }

  @Override
  public FileSystem create(URI uri) {
    return new Files();
  }

  private static final class Files extends LocalFileSystem {
    private static Path local(Path path) {
      return new Path(path.getPath().replace("/origin/", "/mirror/"));
    }

    @Override
    public URI getUri() {
      return URI.create("mirror:///");
    }

    @Override
    public FileStatus getFileStatus(Path path) throws IOException {
      return super.getFileStatus(local(path));
    }

    @Override
    public FSDataInputStream open(Path path) throws IOException {
      return super.open(local(path));
    }

    @Override
    public FSDataInputStream open(Path path, int bufferSize) throws IOException {
      return super.open(local(path), bufferSize);
    }
  }
}
